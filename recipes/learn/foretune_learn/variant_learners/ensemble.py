"""The mean of three learners. Chosen on the paper's table (LOG.md): its settings are fixed here."""

from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from ..learning import Learn, mean_of, of_pairs, of_scores, quadratic_differences
from ..pairs import pair_features


def make() -> Learn:
    trees = LGBMClassifier(extra_trees=True, colsample_bytree=0.5, random_state=0, n_jobs=1, verbose=-1)
    logistic = LogisticRegression(C=0.1, fit_intercept=False, max_iter=1000)
    return mean_of(
        [
            of_pairs(trees, pair_features),
            of_scores(RandomForestRegressor(100, random_state=0)),
            of_pairs(logistic, quadratic_differences),
        ]
    )
