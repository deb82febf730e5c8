"""What the stack costs: time, memory and calls of `pulumi up`, `preview` and `destroy`."""
