"""Times an epoch of the same network in PyTorch, on one thread; prints median and least of 10 in milliseconds."""

import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
folder = sys.argv[1]
x = torch.from_numpy(np.fromfile(f"{folder}/features", dtype="<f4").reshape(-1, 64))
y = torch.from_numpy(np.fromfile(f"{folder}/labels", dtype="<i4").astype(np.int64))
net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
adam = torch.optim.Adam(net.parameters())
times = []
for _ in range(13):
    start = time.perf_counter()
    for batch in torch.randperm(len(y)).split(32):
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
        adam.step()
    times.append((time.perf_counter() - start) * 1e3)
times = sorted(times[3:])
print(times[5], times[0])
