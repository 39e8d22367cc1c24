#!/usr/bin/env python3
"""The cosine of tf-idf vectors on the relevance pairs that `ontopic evaluate` prints.

    pip install scikit-learn
    python3 benches/relevance.py blogs_wordpress.jsonl.gz

A pair is a genuine comment, neither a pingback nor a trackback, with its own post, and with another
post of the same blog, drawn at random, where the blog has five posts of more than 200 characters. Equally
many earlier comments, at most 20, stand on both sides. Ties count half. The vectors are made of all
posts and comments of the file.

Each file (plain or gzip'd, datasets/README.md) gives a row for itself, and one for each blog with 20
pairs or more.
"""
import argparse, collections, gzip, json, random
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

LEAST_POSTS, LEAST_BODY, WINDOW, MANY_PAIRS = 5, 200, 20, 20


def read(path):
    is_packed = open(path, 'rb').read(2) == b'\x1f\x8b'
    with (gzip.open if is_packed else open)(path, 'rt', encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def text_of(post):
    return f"{post.get('title') or ''} {post.get('body') or ''}"


def pairs(threads, seed):
    """Blog, comment, and the text of its own thread and of another's."""
    blogs = collections.defaultdict(list)
    for thread in threads:
        if len(thread['post'].get('body') or '') > LEAST_BODY:
            blogs[thread['site']].append(thread)
    draw = random.Random(seed)
    for site, of_blog in blogs.items():
        if len(of_blog) < LEAST_POSTS:
            continue
        for thread in of_blog:
            earlier = []
            for comment in thread['comments']:
                label, kind = comment.get('label'), comment.get('kind')
                if label == 'ham' and kind not in ('pingback', 'trackback'):
                    other = draw.choice([other for other in of_blog if other is not thread])
                    there = [c['body'] for c in other['comments'] if c.get('label') != 'spam']
                    n = min(len(earlier), len(there), WINDOW)
                    own = [text_of(thread['post'])] + earlier[len(earlier) - n:]
                    yield site, comment['body'], ' '.join(own), ' '.join([text_of(other['post'])] + there[:n])
                if label != 'spam':
                    earlier.append(comment['body'])


def row(name, least, own, other):
    area = roc_auc_score([1] * len(own) + [0] * len(other), np.r_[own, other])
    right = np.mean((own > other) + 0.5 * (own == other))
    print(f'| {name} | {least} | {len(own)} | {area:.3f} | {right:.3f} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('files', nargs='+', metavar='FILE')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    print('| set or blog | characters from | comments | ROC AUC | right in pairs |')
    print('| --- | ---: | ---: | ---: | ---: |')
    for path in args.files:
        threads = read(path)
        texts = [text_of(thread['post']) for thread in threads]
        texts += [comment['body'] for thread in threads for comment in thread['comments']]
        vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words='english').fit(texts)
        made = list(pairs(threads, args.seed))
        if not made:
            parser.error(f'{path}: expected a blog with {LEAST_POSTS} posts of more than {LEAST_BODY} '
                         'characters and genuine comments, found none')
        sites, comments, own, other = zip(*made)
        comment_vectors = vectors.transform(comments)
        cosine = lambda around: np.asarray(comment_vectors.multiply(vectors.transform(around)).sum(1)).ravel()
        own, other, sites = cosine(own), cosine(other), np.array(sites)
        lengths = np.array([len(comment.strip()) for comment in comments])
        for least in (40, 200):
            long = lengths >= least
            if long.any():
                row(path.split('/')[-1].split('.')[0], least, own[long], other[long])
            for site, n in sorted(collections.Counter(sites[long]).items()):
                if n >= MANY_PAIRS:
                    of_site = long & (sites == site)
                    row(site, least, own[of_site], other[of_site])


main()
