"""The same small network in every container that a file of Keras can be: what matters is how it is stored."""

import json
import zipfile

import numpy as np

import weights

from . import Case


def cases(k):
    def net():
        L = k.layers
        x = k.Input((6, 6, 3))
        y = L.BatchNormalization()(L.Conv2D(4, 3, activation="relu")(x))
        return k.Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(y)))

    def rounded_net():
        """Weights that survive being stored with 16 bits."""
        model = net()
        weights.randomise(model, 5)
        for variable in model.weights:
            variable.assign(variable.numpy().astype("float16").astype("float32"))
        return model

    def stored(name, write, build=net):
        return Case(name, build, write=write, keep_weights=build is rounded_net)

    yield stored("hdf5_gzip_shuffle", repacked(compression="gzip", shuffle=True, chunks=True))
    yield stored("hdf5_chunked", repacked(chunks=True))
    yield stored("hdf5_big_endian", repacked(dtype=">f4"))
    yield stored("hdf5_float64", repacked(dtype="<f8"))
    yield stored("hdf5_float16", repacked(dtype="<f2"), rounded_net)
    yield stored("hdf5_newest_format", repacked(libver="latest"))
    yield stored("hdf5_108_format", repacked(libver=("v108", "v108")))
    yield stored("hdf5_user_block", repacked(userblock_size=1024))
    yield stored("hdf5_compiled", compiled)
    if k.v3:
        yield stored("zip_deflated", deflated)
        yield stored("zip_unpacked", unpacked)
    yield stored("weights_and_json", weights_and_json)


def plain(model, folder, name):
    path = folder / f"{name}.h5"
    model.save(path)
    return path


def repacked(libver="earliest", userblock_size=None, **options):
    """Saves as HDF5, then writes every object again with other options."""
    def write(model, folder, name):
        import h5py

        source, target = plain(model, folder, f"{name}.plain"), folder / f"{name}.h5"
        with h5py.File(source) as old, h5py.File(target, "w", libver=libver, userblock_size=userblock_size) as new:
            new.attrs.update(old.attrs)
            old.visititems(lambda path, item: copy(item, new, path, options))
        source.unlink()
        return [target]
    return write


def copy(item, new, path, options):
    import h5py

    if isinstance(item, h5py.Group):
        new.require_group(path).attrs.update(item.attrs)
        return
    options = dict(options)
    data = np.asarray(item[()])
    dtype = options.pop("dtype", data.dtype) if data.dtype == np.float32 else data.dtype
    if data.ndim == 0:
        options = {}
    new.create_dataset(path, data=data.astype(dtype), dtype=dtype, **options)


def compiled(model, folder, name):
    model.compile("adam", "mse")
    return [plain(model, folder, name)]


def deflated(model, folder, name):
    source, target = folder / f"{name}.plain.keras", folder / f"{name}.keras"
    model.save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(zipfile.ZipInfo(member), old.read(member), zipfile.ZIP_DEFLATED)
    source.unlink()
    return [target]


def unpacked(model, folder, name):
    source = folder / f"{name}.plain.keras"
    model.save(source)
    with zipfile.ZipFile(source) as old:
        old.extractall(folder / name)
    source.unlink()
    return [folder / name]


def weights_and_json(model, folder, name):
    """The architecture as text beside a file that holds only weights."""
    home = folder / name
    home.mkdir(exist_ok=True)
    (home / "model.json").write_text(json.dumps(json.loads(model.to_json()), indent=1))
    model.save_weights(home / "model.weights.h5")
    files = [home / "model.weights.h5"]
    if "tf_keras" in type(model).__module__:
        other = folder / f"{name}_legacy"
        other.mkdir(exist_ok=True)
        (other / "model.json").write_text(model.to_json())
        model.save_weights(other / "weights.h5", save_format="h5")
        files.append(other / "weights.h5")
    return files
