"""A checkpoint as lm-evaluation-harness and the perplexities see it.

Where several processes share a job each measures the same, on a device of its own: nothing is exchanged,
so none can wait for another.
"""

import os

import torch
from lm_eval.models.huggingface import HFLM

from . import processes
from .config import Memory
from .models import load_model, load_tokenizer, measuring_dtype
from .places import Place


def measured_model(place: Place, context: int, memory: Memory) -> HFLM:
    with processes.each_for_itself():
        model = load_model(place, measuring_dtype())
    model.to(_device())
    return HFLM(
        pretrained=model,
        backend="causal",
        tokenizer=load_tokenizer(place),
        max_length=context,
        batch_size=memory.micro_batch,
    )


def _device() -> str:
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if torch.cuda.is_available() else "cpu"
