"""The same model, loss, optimizer and batches in plain eager torch."""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

WARM_UP = 50
DECAY = 0.01
MOMENTUM = 0.95


def rotate(x: Tensor, sin: Tensor, cos: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def shift(x: Tensor, share: Tensor) -> Tensor:
    share = share[:, None, None]
    return (1.0 - share) * x + share * F.pad(x, (0, 0, 1, 0))[:, :, :-1]


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.RMSNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.kv_shift = nn.Parameter(torch.empty(2, heads))
        self.out = nn.Linear(width, width, bias=False)
        self.mlp_norm = nn.RMSNorm(width, eps=1e-6)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, mask: Tensor, sin: Tensor, cos: Tensor) -> Tensor:
        b, t, d = x.shape
        q, k, v = self.qkv(self.attention_norm(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        k, v = shift(k, self.kv_shift[0]), shift(v, self.kv_shift[1])
        mixed = F.scaled_dot_product_attention(rotate(q, sin, cos), rotate(k, sin, cos), v, attn_mask=mask)
        x = x + self.out(mixed.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.relu(self.up(self.mlp_norm(x))).square())


class Transformer(nn.Module):
    def __init__(self, layers: int, width: int, heads: int, context: int, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        size = width // heads
        angles = torch.outer(torch.arange(context), 10_000.0 ** (-torch.arange(0, size, 2) / size))
        self.register_buffer("sin", angles.sin())
        self.register_buffer("cos", angles.cos())
        at = torch.arange(context)
        self.register_buffer("at", at)
        self.register_buffer("causal", at[None, :] <= at[:, None])

    def forward(self, tokens: Tensor, prefix: Tensor) -> Tensor:
        mask = (self.causal[None] | (self.at[None, None, :] < prefix[:, None, None]))[:, None]
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, mask, self.sin, self.cos)
        return self.norm(x) @ self.embedding.weight.T


def load(model: Transformer, weights: dict[str, np.ndarray]) -> None:
    """Linear layers store the transposed matrices."""
    names = {"embedding": "embedding.weight", "norm": "norm.weight"}
    for key, value in weights.items():
        inside = f"blocks.{key.removeprefix('layer')}"
        name = names.get(key) or (inside if key.endswith("kv_shift") else f"{inside}.weight")
        value = value if "norm" in key or "shift" in key or key == "embedding" else value.T
        model.get_parameter(name).data.copy_(torch.from_numpy(value))


def main() -> None:
    torch.set_num_threads(1)
    inputs = np.load(sys.argv[1])
    shape = json.loads(str(inputs["shape"]))
    rows, steps = shape.pop("rows"), shape.pop("steps")
    model = Transformer(**shape)
    load(model, {k.removeprefix("weights/"): inputs[k] for k in inputs if k.startswith("weights/")})
    names = ("inputs", "targets", "weights", "prefix")
    data = {name: torch.from_numpy(inputs[name]).split(rows) for name in names}
    matrices = [
        p
        for name, p in model.named_parameters()
        if p.ndim == 2 and name.startswith("blocks") and "shift" not in name
    ]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    adamw = torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=DECAY, fused=True)
    optimiser = Optimisers(adamw, matrices)
    losses, lrs = [], inputs["lrs"].tolist()
    for step in range(steps):
        if step == WARM_UP:
            begin = time.perf_counter()
        losses.append(one_step(model, optimiser, {k: v[step] for k, v in data.items()}, lrs[step]))
    seconds = time.perf_counter() - begin
    tokens = (steps - WARM_UP) * rows * shape["context"]
    print(json.dumps({"tokens_per_second": tokens / seconds, "losses": losses}))


class Optimisers:
    """AdamW, and Muon for the matrices (arXiv 2502.16982). Not torch's Muon, which uses
    bfloat16."""

    def __init__(self, adamw: torch.optim.Optimizer, matrices: list[nn.Parameter]) -> None:
        self.adamw, self.matrices, self.steps = adamw, matrices, 0
        self.moments = [torch.zeros_like(p) for p in matrices]

    @torch.no_grad()
    def step(self, lr: float) -> None:
        self.adamw.param_groups[0]["lr"] = lr
        self.adamw.step()
        self.steps += 1
        now, ahead = (1 - MOMENTUM ** (self.steps + later) for later in (0, 1))
        for p, m in zip(self.matrices, self.moments, strict=True):
            m.lerp_(p.grad, 1 - MOMENTUM)
            update = orthogonal(m * (MOMENTUM / ahead) + p.grad * ((1 - MOMENTUM) / now))
            p.mul_(1 - lr * DECAY).add_(update, alpha=-lr * 0.2 * max(p.shape) ** 0.5)


def orthogonal(x: Tensor) -> Tensor:
    if x.shape[0] > x.shape[1]:
        return orthogonal(x.T).T
    x = x / x.norm()
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


def one_step(model: Transformer, optimiser: Optimisers, batch: dict, lr: float) -> float:
    scores = model(batch["inputs"], batch["prefix"]).flatten(0, 1)
    each = F.cross_entropy(scores, batch["targets"].flatten().long(), reduction="none")
    weights = batch["weights"].flatten()
    loss = (each * weights).sum() / weights.sum()
    model.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step(lr)
    return loss.item()


main()
