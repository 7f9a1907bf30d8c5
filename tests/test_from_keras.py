"""Models of Keras, read into equations: their gradients are those of Keras itself."""
import os

import numpy as np
import pytest

import bplib as bp

os.environ.setdefault("KERAS_BACKEND", "torch")
try:
    import torch
    from keras import Input, KerasTensor, Model, Sequential, layers, losses
except ImportError:
    torch = None

needs_keras = pytest.mark.skipif(torch is None, reason="Keras and PyTorch are not installed")
pytestmark = needs_keras


def dense(*more):
    return Sequential([Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2), *more])


def numbers(*shape):
    return np.random.default_rng(0).standard_normal(shape)


def words():
    return np.random.default_rng(0).integers(0, 11, (4, 6))


def recurrent(kind):
    return lambda: (Sequential([Input((6,), dtype="int32"), layers.Embedding(11, 4), getattr(layers, kind)(3), layers.Dense(2)]),
                    words())


def attention():
    x: KerasTensor = Input((6, 4))
    h = layers.LayerNormalization()(layers.MultiHeadAttention(2, 3)(x, x) + x)
    return Model(x, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(h))), numbers(3, 6, 4)


def of_two_inputs():
    x, u = Input((3,)), Input((2,))
    joined = layers.Concatenate()([x, layers.Dense(3, activation="leaky_relu")(u)])
    return Model([x, u], layers.Dense(2)(joined)), (numbers(5, 3), numbers(5, 2)), numbers(5, 2), "mse"


def written_as_a_class():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = layers.Dense(4, activation="swish"), layers.Dense(2)

        def call(self, x):
            return self.second(self.first(x) + 1)

    model = Own()
    model(numbers(5, 3))
    return model, numbers(5, 3), numbers(5, 2), "mse"


def with_a_penalty():
    model = Sequential([Input((3,)), layers.Dense(4, activation="tanh", kernel_regularizer="l2"), layers.Dense(2)])
    model.layers[1].trainable = False
    return model, numbers(5, 3), numbers(5, 2), "mse"


def classes(last, loss, labels=True):
    label = np.array([0, 2, 1, 1, 0])
    return lambda: (Sequential([Input((3,)), layers.Dense(4, activation="sigmoid"), layers.Dense(3, activation=last)]),
                    numbers(5, 3), label if labels else np.eye(3)[label], loss() if callable(loss) else loss)


MODELS = {
    "dense": lambda: (dense(), numbers(5, 3), numbers(5, 2), "mse"),
    "without a loss": lambda: (dense(), numbers(5, 3)),
    "Huber": lambda: (dense(), numbers(5, 3), numbers(5, 2), losses.Huber(0.5)),
    "log-cosh": lambda: (dense(), numbers(5, 3), numbers(5, 2), "log_cosh"),
    "labels": classes("softmax", "sparse_categorical_crossentropy"),
    "labels, logits": classes(None, lambda: losses.SparseCategoricalCrossentropy(from_logits=True)),
    "distributions": classes("softmax", "categorical_crossentropy", labels=False),
    "yes or no": lambda: (Sequential([Input((3,)), layers.Dense(1, activation="sigmoid")]), numbers(5, 3),
                          np.array([[0.0], [1], [1], [0], [1]]), "binary_crossentropy"),
    "convolution": lambda: (Sequential([Input((8, 8, 1)), layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D(2),
                                        layers.Flatten(), layers.Dense(10)]), numbers(4, 8, 8, 1)),
    "separable": lambda: (Sequential([Input((8, 8, 2)), layers.SeparableConv2D(3, 3, padding="same", activation="elu"),
                                      layers.AveragePooling2D(2), layers.GlobalMaxPooling2D(), layers.Dense(2)]),
                          numbers(2, 8, 8, 2)),
    "LSTM": recurrent("LSTM"), "GRU": recurrent("GRU"), "SimpleRNN": recurrent("SimpleRNN"),
    "attention": attention, "two inputs": of_two_inputs, "a class": written_as_a_class, "a penalty, a frozen layer": with_a_penalty,
    "normalised": lambda: (dense(layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)), numbers(5, 3)),
}

DENSE = ("dense", "labels", "labels, logits", "distributions", "yes or no")


def theirs(model, inputs, targets, loss):
    """Gradients that Keras finds itself, in its own precision, by the names of its variables."""
    import keras
    given = [np.asarray(one, "int32" if np.asarray(one).dtype.kind == "i" else "float32")
             for one in (inputs if isinstance(inputs, tuple) else (inputs,))]
    output = model(given if len(given) > 1 else given[0], training=False)
    value = keras.ops.mean(keras.losses.get(loss)(np.asarray(targets), output)) + sum(model.losses)
    model.zero_grad()
    value.backward()
    return {one.path.removeprefix(f"{model.name}/"): one.value.grad.numpy() for one in model.trainable_variables}


@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_those_of_keras(name):
    model, *given = MODELS[name]()
    before = [np.array(value) for value in model.get_weights()]
    found = bp.from_keras(model, *given)
    check = found.check()
    paths = {one.path.removeprefix(f"{model.name}/") for one in model.trainable_variables}
    assert check.passed and set(check.differences) == set(found.names.values()) == paths, check
    assert found.model.cost.name == "C" and all(step.check.passed for step in found.derivation.steps)
    assert all(np.array_equal(*two) for two in zip(model.get_weights(), before, strict=True))
    if len(given) == 3:
        ours = found.as_torch(found.gradients())
        for path, wanted in theirs(model, *given).items():
            assert np.allclose(ours[path], wanted, rtol=1e-3, atol=1e-6), path


@pytest.mark.parametrize("name", DENSE)
def test_a_dense_network_is_one_of_ours(name):
    model, x, y, loss = MODELS[name]()
    found = bp.from_keras(model, x, y, loss)
    ours = bp.generate(found.network).gradients(found.dense_parameters, x, y)
    read = found.gradients()
    for name, array in ours.items():
        assert np.allclose(array, read[name].T, rtol=1e-10, atol=1e-14), name


def test_letters_are_those_of_layers():
    found = bp.from_keras(*MODELS["LSTM"]())
    leaves = {name: path.rpartition("/")[2] for name, path in found.names.items()}
    assert leaves == {"E1": "embeddings", "W2": "kernel", "U2": "recurrent_kernel", "b2": "bias", "W3": "kernel", "b3": "bias"}


def test_a_compiled_model_brings_its_loss():
    model = dense()
    model.compile("sgd", "mae")
    x, y = numbers(5, 3), numbers(5, 2)
    assert bp.from_keras(model, x, y).cost() == pytest.approx(bp.from_keras(model, x, y, "mae").cost(), rel=1e-15)


def test_in_training_a_norm_takes_the_numbers_of_the_batch():
    model = Sequential([Input((3,)), layers.Dense(4), layers.BatchNormalization(), layers.Dense(2)])
    resting, training = (bp.from_keras(model, numbers(5, 3), training=way) for way in (False, True))
    assert training.check().passed and abs(training.cost() - resting.cost()) > 1e-3


def test_a_wrong_gradient_is_diagnosed_by_the_names_of_keras():
    model, x, y, loss = MODELS["dense"]()
    found = bp.from_keras(model, x, y, loss)
    own = found.as_torch(found.gradients())
    kernel = found.names["W1"]
    own[kernel] = 2 * own[kernel]
    diagnosis = bp.diagnose(found, gradients=own)
    assert not diagnosis.right and [*diagnosis.wrong] == [kernel]


@pytest.mark.parametrize("given, says", [
    (lambda: (3, numbers(2, 2)), "reads a model of Keras 3; given: int"),
    (lambda: (Sequential([layers.Dense(2)]), numbers(2, 2)), "has no weights yet"),
    (lambda: (dense(), numbers(5, 3), numbers(5, 2)), "targets and no loss"),
    (lambda: (dense(), numbers(5, 3), numbers(5, 2), "nonsense"), "loss is a loss of Keras"),
    (lambda: (dense(layers.Dropout(0.5)), numbers(5, 3), None, None, True), "draw new random numbers at each call: dropout"),
])
def test_bad_input_is_told(given, says):
    with pytest.raises(bp.InputError, match=says):
        bp.from_keras(*given())


def test_a_model_of_keras_is_none_of_pytorch():
    with pytest.raises(bp.InputError, match="bp.from_keras"):
        bp.from_torch(dense(), numbers(5, 3))
