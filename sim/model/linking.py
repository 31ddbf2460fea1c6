"""Compiled functions that only compiled functions call: a part of these and nothing by themselves.

Numba makes of every function that it compiles a program of its own, optimised and in machine code. Of the
functions of a round one program is enough, that of the function which they are all linked into in the end.
So the first compilation takes two thirds of the time.
"""

from typing import Any

from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _LinkedCode(JITCodeLibrary):
    """Code that is optimised, and becomes machine code, where it is linked in."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _LinkedLowering(NativeLowering):
    """Turn a function into code to be linked, known to its callers by a function that cannot be called."""

    _name = "linked_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _LinkedCode(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        state.flags.no_compile = True
        super().run_pass(state)  # type: ignore[no-untyped-call]
        lowered = state["cr"]
        module, name = lowered.fndesc.lookup_module(), state.func_id.func_name
        key = make_function(module, name, "linked", 0, lowered.env, (state.library,))
        state.targetctx.insert_user_function(key, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=key)
        return True


NEEDLESS = (
    *("with_lifting", "inline_closure_likes", "rewrite_semantic_constants", "dead_branch_prune"),
    *("inline_inlinables", "find_literally", "literal_unroll", "make_function_op_code_to_jit_function"),
    *("nopython_rewrites", "inline_overloads"),
)
"""Steps for what no rule and no loop of a round has: closures, array expressions, literals as arguments."""


class LinkedFunction(CompilerBase):
    """How a function that only compiled functions call is compiled: in fewer steps, the last one its own."""

    def define_pipelines(self) -> list[Any]:
        """Return the steps of compilation."""
        steps: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        steps.passes = [
            (_LinkedLowering if step is NativeLowering else step, meaning)
            for step, meaning in steps.passes
            if step._name not in NEEDLESS
        ]
        steps.finalize()
        return [steps]
