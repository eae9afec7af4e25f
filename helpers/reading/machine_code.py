"""Functions over numpy arrays as machine code: made once by numba, then run without it.

numba takes a second to start in each process, and a hundred megabytes. What it makes needs
neither: the code is kept in .cache/code of the project, and llvmlite, which numba is built on,
loads it in a tenth of that. It is kept nowhere else, whatever COVID_POLICY_CACHE says, because
whoever can change machine code can do all that its reader may do.
"""

import ctypes
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import FunctionType
from typing import Any

import numpy as np

from helpers import paths
from helpers.reading.cache import CacheTrouble, Shelf, name_way, versions_of

# The form of what is kept; a new one makes every older entry a stranger.
_FORM = 1
# What the code asks for by name, besides what LLVM itself provides.
_FOREIGN = re.compile(r"^declare [^@]*@(?!\"?llvm\.)(\S+?)\(", re.MULTILINE)
# What numba and llvmlite raise where they are installed and cannot be used: of another version than
# numpy or than each other, without their library, on a processor that they do not know.
_BROKEN = (ImportError, AttributeError, OSError, RuntimeError, SystemError, TypeError, ValueError)


class CannotCompileError(RuntimeError):
    """A function cannot be made machine code here; the message says why."""


class MachineCode:
    """A function as machine code; other threads run while it does."""

    def __init__(self, function: Callable[..., None], *example: Any) -> None:
        """Loaded, or compiled where no code is kept; raises CannotCompileError.

        The function is plain Python that numba understands, calls functions of its own module
        only, returns nothing, raises nothing and makes no arrays. `example` holds arguments of
        the kinds it will be given: arrays, numbers, and named tuples of these.
        """
        self._kinds = _kinds_of(example)
        try:
            import llvmlite.binding as llvm

            key = hashlib.sha256(function.__name__.encode()).digest()
            shelf = Shelf("code", _name_way(function, self._kinds, llvm), paths.CACHE)
            made = _find(shelf, key, function.__name__)
            made = made or _keep(shelf, key, _compile(function, example, llvm))
            self._engine, address = _load(*made, llvm)
        except CannotCompileError:
            raise
        except _BROKEN as error:
            raise CannotCompileError(f"{type(error).__name__}: {error}") from None
        # Where a result and an error would be put stands before the arguments.
        kinds = [ctypes.c_void_p, ctypes.c_void_p, *map(type, _flatten(example))]
        self._call = ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(address)
        self._nothing = ctypes.create_string_buffer(16)

    def __call__(self, *arguments: Any) -> None:
        """Run the function; raises TypeError for arguments of other kinds than the example's."""
        kinds = _kinds_of(arguments)
        # The code would read whatever lies in memory.
        if kinds != self._kinds:
            raise TypeError(f"the code was made for {self._kinds}, not {kinds}")
        status = self._call(self._nothing, self._nothing, *_flatten(arguments))
        if status:
            raise RuntimeError(f"the compiled code ended with status {status}")


def _name_way(function: Callable[..., None], kinds: Sequence[str], llvm: Any) -> str:
    """Names what decides the code: functions, numbers, compiler, its settings, processor."""
    # As they are in memory: the file they came from may have been changed since.
    stated = {name: _spelled(one) for name, one in _functions_beside(function).items()} | {
        name: repr(value)
        for name, value in vars(sys.modules[function.__module__]).items()
        if isinstance(value, (int, float, np.generic))
    }
    settings = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    return name_way(
        "code", _FORM, sys.version_info[:2], sorted(stated.items()), kinds,
        versions_of("numba", "llvmlite"), sorted(settings.items()), llvm.get_process_triple(),
        llvm.get_host_cpu_name(), _features(llvm),
    )  # fmt: skip


def _functions_beside(function: Callable[..., None]) -> dict[str, FunctionType]:
    """The functions that its module defines, itself among them; none that it imports."""
    return {
        name: one
        for name, one in vars(sys.modules[function.__module__]).items()
        if isinstance(one, FunctionType) and one.__module__ == function.__module__
    }


def _spelled(function: FunctionType) -> str:
    """All of a function that a compiler reads."""
    code = function.__code__
    return repr((code.co_code.hex(), code.co_consts, code.co_names, code.co_varnames))


def _features(llvm: Any) -> str:
    """What this processor can do beyond its name; "" where that cannot be told."""
    try:
        return llvm.get_host_cpu_features().flatten()
    except RuntimeError:
        return ""


def _find(shelf: Shelf, key: bytes, function: str) -> tuple[str, bytes] | None:
    """The name and the code that the shelf holds under the key; None where it is not that code."""
    place = shelf.find()[0].get(key)
    if place is None:
        return None
    try:
        arrays = shelf.read(place.entry, {place.number: key})
        name, code = arrays["name"].tobytes().decode("ascii"), arrays["code"].tobytes()
    except (CacheTrouble, KeyError, UnicodeDecodeError):
        return None
    return (name, code) if function in name and code else None


def _keep(shelf: Shelf, key: bytes, made: tuple[str, bytes]) -> tuple[str, bytes]:
    name, code = made
    # Where nothing can be written, each process compiles for itself.
    with suppress(CacheTrouble):
        shelf.write([key], {"name": np.frombuffer(name.encode("ascii"), np.uint8),
                            "code": np.frombuffer(code, np.uint8)})  # fmt: skip
    return made


def _compile(function: Callable[..., None], example: Sequence[Any], llvm: Any) -> tuple[str, bytes]:
    """The function's name in the code, and the code; takes some seconds."""
    import numba
    from numba.core import compiler
    from numba.core.errors import NumbaError
    from numba.core.registry import cpu_target

    if numba.config.DISABLE_JIT:
        raise CannotCompileError("the variable NUMBA_DISABLE_JIT is set")
    flags = compiler.Flags()
    # Neither counts of references to arrays nor a way in from Python: the code then calls nothing.
    flags.nrt = False
    flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    flags.error_model = "numpy"
    try:
        made = compiler.compile_extra(
            cpu_target.typing_context, cpu_target.target_context, _with_parts(function, numba.njit),
            tuple(map(numba.typeof, example)), None, flags, {},
        )  # fmt: skip
    except NumbaError as error:
        raise CannotCompileError(" ".join(str(error).splitlines()[:2])) from None
    written = made.library.get_llvm_str()
    foreign = _FOREIGN.findall(written)
    if foreign:
        raise CannotCompileError(f"the code of {function.__name__} calls {foreign[0]}")
    return made.fndesc.llvm_func_name, _machine(llvm).emit_object(llvm.parse_assembly(written))


def _with_parts(function: Callable[..., None], njit: Callable[..., Any]) -> FunctionType:
    """A copy of the function in which those of its module that it calls are made parts of it."""
    namespace = dict(vars(sys.modules[function.__module__]))
    copies = {
        name: FunctionType(one.__code__, namespace, name)
        for name, one in _functions_beside(function).items()
    }
    namespace |= {name: njit(forceinline=True)(copy) for name, copy in copies.items()}
    return copies[function.__name__]


def _machine(llvm: Any) -> Any:
    """This processor, as llvmlite names it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(llvm), opt=3,
        codemodel="jitdefault", jit=True,
    )  # fmt: skip


def _load(name: str, code: bytes, llvm: Any) -> tuple[Any, int]:
    """What holds the code in memory as long as it is held itself, and the function's address."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine(llvm))
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(name)
    if not address:
        raise CannotCompileError("the code in .cache/code lacks the function; delete that folder")
    return engine, address


# --- arguments, as numba passes them ------------------------------------------------------


def _kinds_of(arguments: Sequence[Any]) -> list[str]:
    """What the code must know of its arguments: fields, kinds of numbers, how many axes."""
    return [
        f"{fields}{one.dtype}{':' * one.ndim}{'' if one.flags.c_contiguous else ' apart'}"
        if isinstance(one, np.ndarray)
        else f"{fields}{type(one).__name__}"
        for fields, one in _leaves(arguments)
    ]


def _flatten(arguments: Sequence[Any]) -> list[Any]:
    """The arguments one after another; an array as its data, shape and strides, and owners."""
    flat: list[Any] = []
    for _, one in _leaves(arguments):
        if isinstance(one, np.ndarray):
            # Python's objects that own the data are of no use to the code.
            flat += [ctypes.c_void_p(), ctypes.c_void_p()]
            flat += [ctypes.c_int64(one.size), ctypes.c_int64(one.itemsize)]
            flat.append(ctypes.c_void_p(one.ctypes.data))
            flat += map(ctypes.c_int64, [*one.shape, *one.strides])
        else:
            flat.append(_NUMBERS[type(one)](one))
    return flat


def _leaves(arguments: Sequence[Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Arrays and numbers in order, those within tuples too, after the fields that lead to them."""
    fields = getattr(arguments, "_fields", None) or [""] * len(arguments)
    for field, one in zip(fields, arguments, strict=True):
        if isinstance(one, tuple):
            yield from _leaves(one, f"{within}{field}{type(one).__name__}.")
        else:
            yield f"{within}{field} " if field else within, one


_NUMBERS: dict[type, Callable[[Any], Any]] = {
    int: ctypes.c_int64,
    float: ctypes.c_double,
    np.uint64: lambda number: ctypes.c_uint64(int(number)),
}
