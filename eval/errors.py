"""Every error that the evaluation raises, below the core's tree.

FootnotedError
└── EvalError
    ├── DatasetInvalid          a line or a file of a dataset or a run is not what its form says
    ├── ComparisonRefused       two things that cannot be compared: another collection, other questions
    └── OutputRefused           a file that the results go into cannot be written

A message names the file and the line, what is wrong there and what to do next; never the text of a question.
"""

from retriever.errors import FootnotedError


class EvalError(FootnotedError):
    """The root of the evaluation's errors."""


class DatasetInvalid(EvalError):
    """A dataset, a run or a baseline is not what its form says."""


class ComparisonRefused(EvalError):
    """The index, the questions or the baseline are not of one collection; figures would mean nothing."""


class OutputRefused(EvalError):
    """A file or folder for results cannot be written."""
