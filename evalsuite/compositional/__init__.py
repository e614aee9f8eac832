"""Whether images show what was asked for, by stored detections or answers to questions about them."""

from __future__ import annotations

from evalsuite.compositional.detections import DetectedImage, Detection, read_detections
from evalsuite.compositional.dpg import AnsweredImage, Question, read_answers, score_dpg
from evalsuite.compositional.geneval import GenEvalOptions, judge_image, score_geneval

__all__ = [
    "AnsweredImage",
    "DetectedImage",
    "Detection",
    "GenEvalOptions",
    "Question",
    "judge_image",
    "read_answers",
    "read_detections",
    "score_dpg",
    "score_geneval",
]
