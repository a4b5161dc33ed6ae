"""Values of options, from text: what the command line and pytest's options share."""

import argparse


def seed(text: str) -> int:
    """Read a seed: a whole number from 0, below 2⁶³."""
    if not text.isascii() or not text.isdigit() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"'{text}' is no seed; give a whole number from 0, such as 42")
    return int(text)


def positive(text: str) -> int:
    """Read a number of things: 1 to 1000."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 to 1000")
    return int(text)


def device(text: str) -> str:
    """Read a device: auto, cpu or gpu:N."""
    if text in ("auto", "cpu") or (text.startswith("gpu:") and text[4:].isascii() and text[4:].isdigit()):
        return text
    raise argparse.ArgumentTypeError(f"'{text}' is no device; use auto, cpu, gpu:0, …")
