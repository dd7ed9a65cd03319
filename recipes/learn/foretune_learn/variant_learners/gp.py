"""A Gaussian process. Chosen on the paper's table (LOG.md): its settings are fixed here."""

from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

from ..learning import Learn, of_scores


def make() -> Learn:
    curved = ConstantKernel(0.5, (1e-2, 10)) * RBF(1.0, (0.2, 30))
    linear = ConstantKernel(0.1, (1e-3, 10)) * DotProduct(1e-3, "fixed")
    noise = WhiteKernel(0.3, (1e-2, 2))
    kernel = curved + linear + noise
    return of_scores(GaussianProcessRegressor(kernel, n_restarts_optimizer=5, random_state=0))
