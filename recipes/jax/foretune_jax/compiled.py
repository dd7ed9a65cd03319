"""JAX's persistent compilation cache: in a small job, compiling takes longer than training."""

from pathlib import Path

import jax


def use_compilation_cache(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # XLA's own caches would put the folder's path into every key: a copied folder would be useless.
    jax.config.update("jax_persistent_cache_enable_xla_caches", "none")
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
