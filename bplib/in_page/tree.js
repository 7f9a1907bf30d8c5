// What a formula consists of: seven kinds of node, as in `coursework/tree.py`.

const number = (value) => ({ kind: "number", value });
const entry = (name, indices) => ({ kind: "entry", name, indices });
const index = (name) => ({ kind: "index", name });
const call = (name, argument) => ({ kind: "call", function: name, argument });
const sum = (letter, body) => ({ kind: "sum", index: letter, body });
const negative = (of) => ({ kind: "negative", of });
const binary = (operator, left, right) => ({ kind: "binary", operator, left, right });

const PARTS = {
  number: () => [], entry: () => [], index: () => [], call: (node) => [node.argument], sum: (node) => [node.body],
  negative: (node) => [node.of], binary: (node) => [node.left, node.right],
};

/** A node and all below it, without recursion, in the order in which Python walks. */
function* walk(tree) {
  const stack = [tree];
  while (stack.length) {
    const node = stack.pop();
    yield node;
    stack.push(...PARTS[node.kind](node));
  }
}

/** Whether a letter stands as an index anywhere in a tree. */
function hasIndex(tree, letter) {
  for (const node of walk(tree))
    if (node.kind === "entry" && node.indices.includes(letter) || node.kind === "index" && node.name === letter) return true;
  return false;
}
