"""A browser that follows deep links into copies of pages and says what it marked there."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

from eval.errors import EvalError
from eval.links.landing import Marked
from eval.links.page_copies import Copies

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 2_500
_STEP_MS = 100
LOADING_MS = 60_000
"""A copy comes from this machine: only one that is very busy needs so long."""
_ATTEMPTS = 2
SHOWN_LETTERS = 80
_VIEW: "ViewportSize" = {"width": 900, "height": 800}
_Seen = tuple[dict[int, str], int, int]
_SCREENS = 12
"""A mark that goes on beyond what is in view is followed over so many screens."""
_MARKED = """async (picture) => {
  // Marked letters are red wherever one looks: the style of copies paints both them and what is behind them.
  const image = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const seen = context.getImageData(0, 0, image.width, image.height).data;
  const isRed = (x, y) => {
    const i = 4 * (Math.floor(y) * image.width + Math.floor(x));
    return seen[i] > 250 && seen[i + 1] < 5 && seen[i + 2] < 5;
  };
  let some = false;
  for (let i = 0; i < seen.length && !some; i += 4) some = seen[i] > 250 && seen[i + 1] < 5 && seen[i + 2] < 5;
  if (!some) return null;
  const letters = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0, first = -1, last = -1, between = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < image.height && box.width > 0;
    if (!inView) { count += (node.data.match(/\\p{L}/gu) || []).length; continue; }
    let at = 0;
    for (const letter of node.data) {
      if (/\\p{L}/u.test(letter)) {
        range.setStart(node, at); range.setEnd(node, at + letter.length);
        const one = range.getBoundingClientRect();
        const x = one.left + one.width / 2, y = one.top + one.height / 2;
        if (y >= 0 && y < image.height && x >= 0 && x < image.width && one.width > 0) {
          if (first < 0) first = count;
          last = count;
          if (isRed(x, y)) letters.push([count, between + letter]);
        }
        count += 1;
        between = '';
      } else {
        between = /\\s/.test(letter) ? ' ' : between + letter;
      }
      at += letter.length;
    }
    between = between || ' ';
  }
  return {letters, first, last};
}"""


class BrowserMissing(EvalError):
    """There is no browser here that could be driven."""


@contextmanager
def chromium(executable: str = CHROMIUM) -> Iterator["Callable[[], Browser]"]:
    """What starts a headless Chromium and ends the one before it. Both it and this raise BrowserMissing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise BrowserMissing("the package playwright is missing; run `pip install playwright`") from error
    with sync_playwright() as playwright:
        running: list[Browser] = []

        def ended() -> None:
            while running:
                with suppress(Error):  # one that broke down is gone already
                    running.pop().close()

        def started() -> "Browser":
            ended()
            try:
                running.append(playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"]))
            except Error as error:
                raise BrowserMissing(
                    f"{executable} cannot be started; install Chromium or give --chromium"
                ) from error
            return running[0]

        try:
            yield started
        finally:
            ended()


class Looking:
    """A browser that follows deep links into copies and says what it marked there.

    It outlives a page that hangs or breaks down, and a browser that does: `started` starts one.
    """

    def __init__(
        self, started: "Callable[[], Browser]", copies: Copies, *, patience_ms: int = PATIENCE_MS
    ) -> None:
        self._started = started
        self._patience_ms = patience_ms
        self._copies = copies
        self._followed = 0
        self._open()

    def follow(self, name: str, link: str) -> list[Marked] | None:
        """What the link's fragment makes the browser mark in the copy called `name`, in the order of the page.

        None where the browser did not open the page, though it was asked several times.
        """
        from playwright.sync_api import Error

        marked: list[Marked] | None = None
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                marked = self._look(name, link, patience_ms=attempt * self._patience_ms)
            except Error:  # a busy machine: the page did not load in time, or the browser broke down
                self._open()
            # What is not found at once is looked for again: a busy browser marks late.
            if marked:
                break
        return marked

    def _open(self) -> None:
        self._page = self._started().new_page(viewport=_VIEW)
        self._page.set_default_timeout(LOADING_MS)

    def _look(self, name: str, link: str, *, patience_ms: int) -> list[Marked]:
        self._followed += 1
        # Another address each time: else the browser would only scroll in the page that it has open.
        address = f"{self._copies.address}/{quote(name, safe='')}?{self._followed}"
        self._page.goto(f"{address}#{link.partition('#')[2]}")
        for _ in range(patience_ms // _STEP_MS):
            if seen := self._seen():
                return self._whole(seen)
            self._page.wait_for_timeout(_STEP_MS)
        return []

    def _whole(self, seen: "_Seen") -> list[Marked]:
        """The stretches of marked letters, also of those above and below what is in view."""
        letters, first, last = seen
        for step in (-1, 1):
            for _ in range(_SCREENS):
                if (first if step < 0 else last) not in letters:
                    break
                self._page.evaluate("(step) => window.scrollBy(0, 0.8 * step * window.innerHeight)", step)
                more, top, bottom = self._seen() or ({}, -1, -1)
                if more.keys() <= letters.keys():
                    break
                letters |= more
                first, last = min(first, top), max(last, bottom)
        return _stretches(letters)

    def _seen(self) -> "_Seen | None":
        """The marked letters in view by their number, and the numbers of the first and last letter in view."""
        from playwright.sync_api import Error

        try:
            picture = b64encode(self._page.screenshot()).decode()
        except Error:  # a busy machine: the browser says that it cannot take a picture now
            return None
        found = self._page.evaluate(_MARKED, f"data:image/png;base64,{picture}")
        return found and (dict(found["letters"]), found["first"], found["last"])


def _stretches(letters: Mapping[int, str]) -> list[Marked]:
    """Letters by their number in the page as stretches without a gap."""
    numbers = sorted(letters)
    starts = [place for place, number in enumerate(numbers) if place == 0 or numbers[place - 1] != number - 1]
    stretches = [numbers[start:end] for start, end in pairwise([*starts, len(numbers)])]
    return [Marked(one[0], one[-1] + 1, _first_words(letters, one)) for one in stretches]


def _first_words(letters: Mapping[int, str], numbers: Sequence[int]) -> str:
    first, *others = numbers[:SHOWN_LETTERS]
    return letters[first][-1] + "".join(letters[number] for number in others)
