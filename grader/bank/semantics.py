"""Does a question hold together? Names that must exist, marks that must add up.

The schema says what a file may hold; this says what its parts mean to each other.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from grader.bank.schema import Check, Function, QuestionFile
from grader.bank.source import FunctionSource, ModuleSource
from grader.bank.vocabulary import Vocabulary
from grader.bank.yaml_lines import EntryPath
from grader.problems import suggestion

#: Reports a fault of the entry at a path: (path, what, how to mend it).
Complain = Callable[[EntryPath, str, str], None]


def check_question(
    spec: QuestionFile,
    reference: ModuleSource,
    vocabulary: Vocabulary,
    complain: Complain,
) -> None:
    """Report everything in ``spec`` that does not hold together; its mistakes' code is left to ``check_mistakes``."""
    _check_sums(spec, complain)
    _check_unique((function.name for function in spec.functions), ("functions",), "name", complain)
    _check_unique((figure.id for figure in spec.figures), ("figures",), "id", complain)
    for index, function in enumerate(spec.functions):
        place: EntryPath = ("functions", index)
        signature = reference.definitions.get(function.name)
        if signature is None:
            mend = suggestion(function.name, reference.definitions)
            complain((*place, "name"), f"'{reference.path.name}' has no function '{function.name}'", mend)
        elif signature.is_class and not signature.methods:
            complain((*place, "name"), f"the class '{function.name}' has no methods to write", "give it some")
        _check_function(function, place, signature, vocabulary, complain)
        _check_catches(function, place, complain)
    _check_errata(spec, complain)


def check_mistakes(spec: QuestionFile, mistakes: ModuleSource | None, complain: Complain) -> None:
    """Report every mistake that ``spec`` declares without code for it, and all code that it does not declare."""
    for index, function in enumerate(spec.functions):
        for name in function.mistakes:
            variant = f"{function.name}__{name}"
            if mistakes is None or variant not in mistakes.definitions:
                where = mistakes.path.name if mistakes else "the bank"
                what = f"{where} has no function '{variant}' for the mistake '{name}'"
                mend = "write the mistake as running code in reference_impl/mistakes"
                complain(("functions", index, "mistakes", name), what, mend)
    _check_stray_mistakes(spec, mistakes, complain)


def _check_sums(spec: QuestionFile, complain: Complain) -> None:
    written = sum((point.marks for point in spec.marking), Fraction(0))
    if written != spec.marks:
        complain(
            ("marking",),
            f"the marking scheme adds up to {written}, the question has {spec.marks} marks",
            "make them equal",
        )
    coded = sum((function.marks for function in spec.functions), Fraction(0))
    if coded != spec.marks:
        complain(
            ("functions",),
            f"the functions' marks add up to {coded}, the question has {spec.marks} marks",
            "make them equal",
        )


def _check_unique(names: Iterable[str], place: EntryPath, key: str, complain: Complain) -> None:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            complain((*place, index, key), f"'{name}' stands twice", "give each its own name")


def _check_function(
    function: Function,
    place: EntryPath,
    signature: FunctionSource | None,
    vocabulary: Vocabulary,
    complain: Complain,
) -> None:
    _check_unique((check.id for check in function.checks), (*place, "checks"), "id", complain)
    stated = sum((check.marks for check in function.checks if check.marks is not None), Fraction(0))
    unstated = sum(check.marks is None for check in function.checks)
    if unstated == 0 and stated != function.marks:
        what = f"the checks' marks add up to {stated}, '{function.name}' has {function.marks}"
        complain((*place, "marks"), what, "make them equal")
    if unstated and stated >= function.marks:
        what = f"the checks with marks take {stated} of {function.marks}, leaving nothing for the other {unstated}"
        complain((*place, "marks"), what, "lower the marks stated, or state them all")
    for index, check in enumerate(function.checks):
        _check_check(check, (*place, "checks", index), signature, vocabulary, complain)


def _check_check(
    check: Check,
    place: EntryPath,
    signature: FunctionSource | None,
    vocabulary: Vocabulary,
    complain: Complain,
) -> None:
    if check.probe not in vocabulary.probes:
        mend = suggestion(check.probe, vocabulary.probes)
        complain((*place, "probe"), f"unknown probe '{check.probe}'", mend)
    else:
        for option in check.with_:
            if option not in vocabulary.probes[check.probe]:
                mend = suggestion(option, vocabulary.probes[check.probe])
                complain((*place, "with", option), f"the probe '{check.probe}' has no option '{option}'", mend)
    sets = [(check.inputs, (*place, "inputs"))]
    sets += [(changes, (*place, "variants", label)) for label, changes in check.variants.items()]
    for inputs, inputs_place in sets:
        for name, spec in inputs.items():
            if signature is not None:
                _check_argument(name, (*inputs_place, name), signature, complain)
            for fault_place, what, mend in _input_faults(spec, (*inputs_place, name), vocabulary):
                complain(fault_place, what, mend)


def _check_argument(name: str, place: EntryPath, signature: FunctionSource, complain: Complain) -> None:
    if signature.any_keyword:
        return
    known = [parameter.name for parameter in signature.parameters]
    # An input whose name starts with "_" is the probe's own, not the function's.
    if name not in known and not name.startswith("_"):
        complain(place, f"'{signature.name}' has no parameter '{name}'", suggestion(name, known))


def _input_faults(spec: Any, place: EntryPath, vocabulary: Vocabulary) -> Iterator[tuple[EntryPath, str, str]]:
    """Yield what is wrong with an input: a literal, a list of inputs, or a mapping led by a generator's name."""
    if isinstance(spec, list):
        for index, item in enumerate(spec):
            yield from _input_faults(item, (*place, index), vocabulary)
        return
    if not isinstance(spec, dict):
        return
    leader = next(iter(spec), "")
    if leader == "dict" and isinstance(spec["dict"], dict) and len(spec) == 1:
        for key, item in spec["dict"].items():
            yield from _input_faults(item, (*place, "dict", key), vocabulary)
    elif leader == "tuple" and isinstance(spec["tuple"], list) and len(spec) == 1:
        yield from _input_faults(spec["tuple"], (*place, "tuple"), vocabulary)
    elif leader == "callable":
        yield from _callable_faults(spec, place, vocabulary)
    elif leader not in vocabulary.generators:
        known = [*vocabulary.generators, "callable", "dict", "tuple"]
        yield (*place, leader), f"unknown input '{leader}'", suggestion(leader, known)
    else:
        options = vocabulary.generators[leader]
        for option in list(spec)[1:]:
            if option not in options:
                yield (*place, option), f"the input '{leader}' has no option '{option}'", suggestion(option, options)


def _callable_faults(
    spec: dict[str, Any], place: EntryPath, vocabulary: Vocabulary
) -> Iterator[tuple[EntryPath, str, str]]:
    name = str(spec["callable"])
    if name not in vocabulary.callables:
        yield (*place, "callable"), f"unknown callable '{name}'", suggestion(name, vocabulary.callables)
        return
    for option, value in spec.items():
        if option == "callable":
            continue
        if option not in vocabulary.callables[name]:
            mend = suggestion(option, vocabulary.callables[name])
            yield (*place, option), f"the callable '{name}' has no option '{option}'", mend
        yield from _input_faults(value, (*place, option), vocabulary)


def _check_catches(function: Function, place: EntryPath, complain: Complain) -> None:
    check_ids = [check.id for check in function.checks]
    for name, mistake in function.mistakes.items():
        for key, named in (("caught_by", mistake.caught_by), ("hangs", mistake.hangs)):
            for check_id in named:
                if check_id not in check_ids:
                    what = f"'{function.name}' has no check '{check_id}'"
                    complain((*place, "mistakes", name, key), what, suggestion(check_id, check_ids))


def _check_stray_mistakes(spec: QuestionFile, mistakes: ModuleSource | None, complain: Complain) -> None:
    if mistakes is None:
        return
    declared = {f"{function.name}__{name}" for function in spec.functions for name in function.mistakes}
    for name in mistakes.definitions:
        if "__" in name.strip("_") and name not in declared:
            what = f"'{mistakes.path.name}' holds '{name}', which no function declares as a mistake"
            complain(("functions",), what, suggestion(name, declared))


def _check_errata(spec: QuestionFile, complain: Complain) -> None:
    functions = {function.name: function for function in spec.functions}
    for index, erratum in enumerate(spec.errata):
        place: EntryPath = ("errata", index, "evidence")
        function_name, check_id = erratum.evidence.check.split("/")
        function = functions.get(function_name)
        if function is None:
            complain((*place, "check"), f"no function '{function_name}'", suggestion(function_name, functions))
            continue
        check_ids = [check.id for check in function.checks]
        if check_id not in check_ids:
            what = f"'{function_name}' has no check '{check_id}'"
            complain((*place, "check"), what, suggestion(check_id, check_ids))
        if erratum.evidence.mistake not in function.mistakes:
            what = f"'{function_name}' has no mistake '{erratum.evidence.mistake}'"
            complain((*place, "mistake"), what, suggestion(erratum.evidence.mistake, function.mistakes))
