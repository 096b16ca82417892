"""Times the usual recipe (gpleiss/temperature_scaling): torch.optim.LBFGS, lr 0.01, 50 iterations, float32, one thread.

One fit is some fifty passes forward and back, so that it needs no repetition. Prints its milliseconds, T, and how often the
loss was evaluated.
"""

import sys
import time

import torch

folder, rows, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)


def read(name, dtype):
    with open(f"{folder}/{name}", "rb") as source:
        return torch.frombuffer(bytearray(source.read()), dtype=dtype)


logits = read("logits", torch.float32).reshape(rows, classes)
labels = read("labels", torch.int32).long()
criterion = torch.nn.CrossEntropyLoss()


def fit(logits, labels):
    temperature = torch.nn.Parameter(torch.ones(1) * 1.5)
    optimizer = torch.optim.LBFGS([temperature], lr=0.01, max_iter=50)
    evaluations = 0

    def step():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        loss = criterion(logits / temperature, labels)
        loss.backward()
        return loss

    start = time.perf_counter()
    optimizer.step(step)
    return 1000 * (time.perf_counter() - start), temperature.item(), evaluations


# threads, allocator and caches are warm before it counts
fit(logits[:1000], labels[:1000])
print(*fit(logits, labels))
