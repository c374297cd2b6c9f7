"""Tuning: an adapter for a model learns from lessons; needs the extra ``train``."""

from solvitur.training.tuning.lessons import read_instructions
from solvitur.training.tuning.losses import Step
from solvitur.training.tuning.recipe import Recipe, read_recipe
from solvitur.training.tuning.sft import Plan, plan, train

__all__ = ["Plan", "Recipe", "Step", "plan", "read_instructions", "read_recipe", "train"]
