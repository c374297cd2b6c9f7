"""Evaluating on benchmarks, with statistics one can trust."""

from solvitur.eval.asking import Agent, InRun, ModelAgent, Question, agent_of
from solvitur.eval.comparison import Comparison, Contrast, Pair, compare
from solvitur.eval.datasets import (
    Dataset,
    LabelPair,
    LabelVersions,
    label_versions,
    load_dataset,
)
from solvitur.eval.fetching import Fetched, fetch_dataset
from solvitur.eval.labels import TOLERANCE, Label, read_label
from solvitur.eval.metrics import Metrics, Sample, Spread, figures, sample_of
from solvitur.eval.own import KnownAnswer, Reading, WordProblem, word_problems
from solvitur.eval.page import to_html
from solvitur.eval.problem import Problem
from solvitur.eval.registry import Edition, Facts, registered_datasets
from solvitur.eval.report import Answered, Process, Report, RunFacts
from solvitur.eval.running import Listener, RunLimits, evaluate, rescore
from solvitur.eval.scoring import OtherReading, Score, Scorer, Verdict, failed, score
from solvitur.eval.statistics import (
    Estimate,
    Flips,
    bootstrap,
    difference,
    flips,
    mcnemar,
    mean,
    mean_difference,
    paired,
    share,
    wilson,
)
from solvitur.eval.verifying import Evaluation
from solvitur.runs import runs_folder

__all__ = [
    "TOLERANCE",
    "Agent",
    "Answered",
    "Comparison",
    "Contrast",
    "Dataset",
    "Edition",
    "Estimate",
    "Evaluation",
    "Facts",
    "Fetched",
    "Flips",
    "InRun",
    "KnownAnswer",
    "Label",
    "LabelPair",
    "LabelVersions",
    "Listener",
    "Metrics",
    "ModelAgent",
    "OtherReading",
    "Pair",
    "Problem",
    "Process",
    "Question",
    "Reading",
    "Report",
    "RunFacts",
    "RunLimits",
    "Sample",
    "Score",
    "Scorer",
    "Spread",
    "Verdict",
    "WordProblem",
    "agent_of",
    "bootstrap",
    "compare",
    "difference",
    "evaluate",
    "failed",
    "fetch_dataset",
    "figures",
    "flips",
    "label_versions",
    "load_dataset",
    "mcnemar",
    "mean",
    "mean_difference",
    "paired",
    "read_label",
    "registered_datasets",
    "rescore",
    "runs_folder",
    "sample_of",
    "score",
    "share",
    "to_html",
    "wilson",
    "word_problems",
]
