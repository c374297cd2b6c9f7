"""Tuning: an adapter for a model learns from lessons; needs the extra ``train``."""

from solvitur.training.tuning.kto import plan as plan_kto
from solvitur.training.tuning.lessons import read_instructions
from solvitur.training.tuning.losses import Step
from solvitur.training.tuning.recipe import KTO, SFT, Recipe, read_recipe
from solvitur.training.tuning.run import Plan, train
from solvitur.training.tuning.sft import plan as plan_sft

__all__ = [
    "KTO",
    "SFT",
    "Plan",
    "Recipe",
    "Step",
    "plan_kto",
    "plan_sft",
    "read_instructions",
    "read_recipe",
    "train",
]
