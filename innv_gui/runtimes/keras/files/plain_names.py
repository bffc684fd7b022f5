"""Names without `/`: Keras 3 has none in them, Keras 2 had, in its DenseNets for one."""

from __future__ import annotations


def renamed(model: dict) -> dict:
    """A model's dictionary with such names of its own and of its layers replaced; references to them follow.

    Layers of models inside are left to those.
    """
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    layers = layers if isinstance(layers, list) else []
    new = _new_names([name for name in map(_name_of, layers) if name is not None])
    if new:
        layers = [_named(layer, new) for layer in layers]
        ends = {key: _following(value, new) for key, value in config.items()} if isinstance(config, dict) else {}
        config = {**ends, "layers": layers} if isinstance(config, dict) else layers
        model = {**model, "config": config}
    return _named(model, {name: plain(name) for name in (_name_of(model),) if name})


def plain(name: str) -> str:
    """`conv1/bn` as `conv1_bn`."""
    return name.replace("/", "_")


def _name_of(layer) -> str | None:
    config = layer.get("config") if isinstance(layer, dict) else None
    name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else None


def _new_names(names: list[str]) -> dict[str, str]:
    """Of those with a slash; `a/b` beside a layer `a_b` gets a number."""
    taken, new = set(names), {}
    for name in names:
        if "/" in name and name not in new:
            fresh, number = plain(name), 1
            while fresh in taken:
                number += 1
                fresh = f"{plain(name)}_{number}"
            taken.add(fresh)
            new[name] = fresh
    return new


def _named(layer, new: dict[str, str]):
    """With its own name replaced, where it tells it, and the names that it is called on."""
    name = _name_of(layer)
    if name is None:
        return layer
    layer = {**layer, "config": {**layer["config"], "name": new.get(name, name)}}
    if isinstance(layer.get("name"), str):
        layer["name"] = new.get(layer["name"], layer["name"])
    calls = {"inbound_nodes": _following(layer["inbound_nodes"], new)} if "inbound_nodes" in layer else {}
    return {**layer, **calls}


def _following(node, new: dict[str, str]):
    """References, `["conv1/bn", 0, 0]`, at any depth of something that holds no layers."""
    if isinstance(node, dict):
        return {key: value if key == "layers" else _following(value, new) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    if is_reference(node):
        return [new.get(node[0], node[0]), *(_following(one, new) for one in node[1:])]
    return [_following(item, new) for item in node]


def is_reference(node) -> bool:
    """Whether a list stands for a layer's output."""
    return isinstance(node, list) and len(node) > 2 and isinstance(node[0], str) and isinstance(node[1], int)
