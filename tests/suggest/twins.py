"""The suggestions' numbers a second time: plain loops, one image after the other, as the definitions read."""

import math

import numpy as np


def agreement(classes, probabilities):
    """One image: (confidence, number of groups, class of the largest group). classes may be names or numbers."""
    groups = {}
    for class_, probability in zip(classes, probabilities, strict=True):
        groups.setdefault(class_, []).append(float(probability))
    best = None
    for class_ in sorted(groups):
        size, mean = len(groups[class_]), sum(groups[class_]) / len(groups[class_])
        if best is None or size > best[0] or (size == best[0] and mean > best[1]):
            best = (size, mean, class_)
    return 100 * best[1], len(groups), best[2]


def distance(vectors, class_):
    """One image: mean over the models of 1 - p[c] / |p|."""
    total = 0.0
    for vector in vectors:
        total += 1 - float(vector[class_]) / math.sqrt(sum(float(value) ** 2 for value in vector))
    return total / len(vectors)


def histogram(values, edges):
    """Counts a bin, the last one closed."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        for index in range(len(counts)):
            last = index == len(counts) - 1
            if edges[index] <= value and (value < edges[index + 1] or (last and value <= edges[index + 1])):
                counts[index] += 1
    return counts


def entropy(vector):
    """-sum p log p."""
    return -sum(float(p) * math.log(p) for p in vector if p > 0)


def divergence(vectors):
    """Mean Kullback-Leibler divergence of each model's answer from their mean."""
    mean = np.mean(np.asarray(vectors, np.float64), axis=0)
    total = 0.0
    for vector in vectors:
        total += sum(float(p) * math.log(p / q) for p, q in zip(vector, mean, strict=True) if p > 0)
    return total / len(vectors)


def label_suspects(probabilities, labels):
    """{image: suggested class} by confident learning."""
    n_classes = probabilities.shape[1]
    thresholds = {}
    for class_ in range(n_classes):
        own = [float(p[class_]) for p, label in zip(probabilities, labels, strict=True) if label == class_]
        if own:
            thresholds[class_] = sum(own) / len(own)
    found = {}
    for image, (p, label) in enumerate(zip(probabilities, labels, strict=True)):
        reached = [class_ for class_, threshold in thresholds.items() if p[class_] >= threshold]
        if label >= 0 and reached:
            confident = max(reached, key=lambda class_: (float(p[class_]), -class_))
            if confident != label:
                found[image] = confident
    return found


def nearest(features):
    """(partner, similarity) of each image by looking at all others."""
    found = []
    for one in range(len(features)):
        others = [(float(np.dot(features[one], features[two])), -two) for two in range(len(features)) if two != one]
        similarity, partner = max(others)
        found.append((-partner, similarity))
    return found


def isolation(features, reference, k):
    """Mean cosine distance to the k nearest of the reference, the image itself left out."""
    found = []
    for one in range(len(features)):
        near = sorted(1 - float(np.dot(features[one], features[two])) for two in reference if two != one)[:k]
        found.append(sum(near) / len(near))
    return found
