"""Compiled functions that only compiled functions call: nothing but a part of these.

Numba makes a program of its own, optimised and in machine code, of every function that it compiles. Of the
functions of a round it needs to be made once only, where they come together; that halves the time in LLVM.
"""

from typing import Any

from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering


class LinkedCode(JITCodeLibrary):  # type: ignore[misc]
    """Code that is optimised and becomes machine code where it is linked in."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedLowering(NativeLowering):  # type: ignore[misc]
    """Turn a function into code to be linked."""

    _name = "linked_lowering"

    def run_pass(self, state: Any) -> bool:
        state.flags.no_compile = True
        state.library = LinkedCode(state.targetctx.codegen(), state.func_id.func_qualname)
        super().run_pass(state)
        callee = make_function(state["cr"].fndesc.lookup_module(), state.func_id.func_name, "", 0, state["cr"].env, (state.library,))
        state.targetctx.insert_user_function(callee, state["cr"].fndesc, [state.library])
        state["cr"] = state["cr"]._replace(cfunc=callee)
        return True


class LinkedFunction(CompilerBase):  # type: ignore[misc]
    """Compile as Numba does, but for the last step."""

    def define_pipelines(self) -> list[PassManager]:
        """Return the steps of compilation."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes = [
            (LinkedLowering if step is NativeLowering else step, meaning) for step, meaning in steps.passes
        ]
        steps.finalize()
        return [steps]
