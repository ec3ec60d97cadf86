"""The pair reader's making: what it learns from, how it is trained, and the form in which it is run."""
