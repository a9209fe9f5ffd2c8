"""keras.ops.core and einops as nodes (Keras 3 only)."""

import numpy as np

from . import of_functions


def cases(k):
    if not k.v3:
        return
    o = k.ops

    one = of_functions(k, "core_")

    for kind in ("int32", "int64", "bool", "uint8", "float16"):
        yield one(f"cast_{kind}", lambda x, t=kind: o.cast(o.abs(x) * 3.0, t), note="16-bit" if "16" in kind else "")
    for kind in ("int8", "uint8"):
        yield one(f"saturate_{kind}", lambda x, t=kind: o.saturate_cast(x * 200.0, t))
    yield one("stop_gradient", lambda x: o.stop_gradient(x) * 2.0)
    yield one("convert_to_tensor", lambda x: o.convert_to_tensor(x) + 1.0)
    yield one("unstack_num", lambda x: o.unstack(x, num=3, axis=1))
    yield one("unstack_last", lambda x: o.unstack(x, axis=-1))
    yield one("slice", lambda x: o.slice(x, (0, 1, 2), (2, 2, 2)), batch=2)
    yield one("slice_start_tensor", lambda x, i: o.slice(x, o.concatenate([i[0] * 0, i[0] % 2, i[0] % 3]), (2, 2, 2)),
              (3, 4), (1,), dtype=["float32", "int32"], batch=2)
    yield one("slice_update", lambda x, u: o.slice_update(x, (0, 1, 1), u), (3, 4), (2, 2), batch=2)
    yield one("slice_update_batch", lambda x, u: o.slice_update(x, (0, 0, 1), u), (3, 4), (3, 2))
    yield one("slice_update_tensor",
              lambda x, u, i: o.slice_update(x, o.concatenate([i[0] * 0, i[0] % 2, i[0] % 3]), u), (3, 4), (2, 2), (1,),
              dtype=["float32", "float32", "int32"], batch=2)
    at = np.array([[0, 1], [1, 2], [0, 1]], "int32")
    yield one("scatter", lambda x: o.scatter(at, x[0], (3, 4)), (3,), batch=2)
    yield one("scatter_rows", lambda x: o.scatter(np.array([[2], [0]], "int32"), x, (4, 3)), (3,), batch=2)
    yield one("scatter_update", lambda x, u: o.scatter_update(x, np.array([[0, 1], [1, 2]], "int32"), u), (3,), (), batch=2)
    for name in ("add", "max", "min", "mul"):
        yield one(f"scatter_update_{name}",
                  lambda x, u, n=name: o.scatter_update(x, np.array([[0, 1], [1, 2]], "int32"), u, reduction=n), (3,), (),
                  batch=2)
    yield one("rearrange", lambda x: o.rearrange(x, "b h w c -> b c h w"), (3, 4, 2), batch=2)
    yield one("rearrange_group", lambda x: o.rearrange(x, "b h w c -> b (c h w)"), (3, 4, 2), batch=2)
    yield one("rearrange_split", lambda x: o.rearrange(x, "b (h1 h) (w1 w) c -> (b h1 w1) h w c", h1=2, w1=2), (4, 6, 3),
              batch=2)
    yield one("rearrange_blocks", lambda x: o.rearrange(x, "b (h h1) (w w1) c -> b h w (c h1 w1)", h1=2, w1=2), (4, 6, 3),
              batch=2)
    yield one("map", lambda x: o.map(lambda r: r * 2.0, x), refused="import.unsupported")
    yield one("vectorized_map", lambda x: o.vectorized_map(lambda r: r + 1.0, x), batch=2, refused="import.unsupported")
