"""Writes least_squares.json: minimum-norm least-squares classifiers as numpy computes them.

Run with any Python that has numpy:  python3 least_squares.py > least_squares.json
Features [n, D], labels [n] and units U; the solution W [D + 1, U] is numpy.linalg.lstsq([features, 1], onehot, rcond=None), whose
last row is the bias. Features are multiples of 1/64, so that single precision holds them exactly and dependent columns are
dependent to the last bit. "ill-conditioned" is of full rank with a condition of 1e9, in double precision only.
"""
import json

import numpy as np

rng = np.random.default_rng(31007)


def grid(*shape):
    return np.round(64 * rng.normal(size=shape)) / 64


def case(features, units, classes):
    n = len(features)
    labels = np.concatenate([classes, rng.choice(classes, n - len(classes))]) if n >= len(classes) else rng.choice(classes, n)
    design = np.concatenate([features, np.ones((n, 1))], 1)
    solution, _, rank, _ = np.linalg.lstsq(design, np.eye(units)[labels], rcond=None)
    return {"features": features.tolist(), "labels": labels.tolist(), "units": units, "solution": solution.tolist(), "rank": int(rank)}


tall = grid(20, 5)
wide = grid(6, 9)
ill = grid(20, 4)
print(json.dumps({
    "over-determined": case(tall, 7, [1, 2, 4, 6]),
    "under-determined": case(wide, 5, [0, 3, 4]),
    "square": case(grid(6, 5), 3, [0, 1, 2]),
    "tall, dependent": case(np.concatenate([tall, tall[:, :1] + tall[:, 1:2], np.full((20, 1), 0.5)], 1), 4, [0, 1, 2, 3]),
    "wide, twice the same rows": case(np.concatenate([wide, wide]), 4, [0, 1, 3]),
    "zeros": case(np.zeros((5, 3)), 3, [0, 2]),
    "one example": case(grid(1, 4), 3, [2]),
    "ill-conditioned": case(np.concatenate([ill, ill[:, :1] + 1e-9 * grid(20, 1)], 1), 3, [0, 1, 2]),
}))
