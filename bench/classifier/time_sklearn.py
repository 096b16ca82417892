"""Times scikit-learn's LogisticRegression on the data in a folder; prints milliseconds (median of 5) and objective."""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

folder, columns = sys.argv[1], int(sys.argv[2])
x = np.fromfile(f"{folder}/features", dtype="<f4").reshape(-1, columns)
y = np.fromfile(f"{folder}/labels", dtype="<i4")
warnings.simplefilter("ignore")
times = []
for _ in range(6):
    start = time.perf_counter()
    model = LogisticRegression(C=1.0, max_iter=1000).fit(x, y)
    times.append((time.perf_counter() - start) * 1e3)
logits = x.astype(np.float64) @ model.coef_.astype(np.float64).T + model.intercept_
logits -= logits.max(axis=1, keepdims=True)
rows = np.arange(len(y))
nll = np.log(np.exp(logits).sum(axis=1)) - logits[rows, np.searchsorted(model.classes_, y)]
objective = nll.sum() + 0.5 * float((model.coef_.astype(np.float64) ** 2).sum())
print(json.dumps({"milliseconds": sorted(times[1:])[2], "objective": objective}))
