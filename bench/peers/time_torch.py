"""Times PyTorch for src/remote.mjs: one JSON request a line in, one JSON answer a line out."""

import ctypes
import json
import sys
import time


def answer(**fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


try:
    import torch
except ImportError as error:
    sys.stdin.readline()
    answer(error=str(error))
    sys.exit()

torch.set_num_threads(1)
torch.set_num_interop_threads(1)
aten = torch.ops.aten


def read(file, dtype, dims):
    with open(file, "rb") as source:
        return torch.frombuffer(bytearray(source.read()), dtype=dtype).reshape(dims)


def prepare(operation, dims, axis, files):
    """The call to time, its output, and the loss where there is one; None where PyTorch has no such call with out=."""

    def floats(name):
        return read(files[name], torch.float32, dims)

    if operation == "softmaxBackward":
        y, gy = floats("y"), floats("gy")
        out = torch.full_like(y, float("nan"))
        backward = aten._softmax_backward_data.out
        return lambda: backward(gy, y, axis, torch.float32, grad_input=out), out, None
    x = floats("x")
    if operation == "logSumExp":
        out = torch.full(dims[:axis] + dims[axis + 1 :], float("nan"))
        return lambda: torch.logsumexp(x, axis, out=out), out, None
    out = torch.full_like(x, float("nan"))
    if operation == "softmax":
        return lambda: torch.softmax(x, axis, out=out), out, None
    if operation in ("sparsemax", "entmax"):
        try:
            import entmax
        except ImportError:
            return None
        mapping = entmax.sparsemax if operation == "sparsemax" else entmax.entmax15
        return lambda: out.copy_(mapping(x, dim=axis)), out, None
    if operation == "logSoftmax":
        return lambda: torch.log_softmax(x, axis, out=out), out, None
    if axis != 1 or len(dims) != 2:
        return None
    # What autograd runs for cross_entropy and its backward pass, each step into memory of its own.
    labels = read(files["labels"], torch.int32, [dims[0]]).long()
    log_y, grad_log_y = torch.empty_like(x), torch.empty_like(x)
    loss, weight, one = torch.empty(()), torch.empty(()), torch.ones(())
    mean = 1

    def cross_entropy_with_grad():
        aten._log_softmax.out(x, 1, False, out=log_y)
        aten.nll_loss_forward.output(log_y, labels, None, mean, -100, output=loss, total_weight=weight)
        aten.nll_loss_backward.grad_input(one, log_y, labels, None, mean, -100, weight, grad_input=grad_log_y)
        aten._log_softmax_backward_data.out(grad_log_y, log_y, 1, torch.float32, out=out)

    return cross_entropy_with_grad, out, loss


def run(call, calls):
    start = time.perf_counter_ns()
    for _ in range(calls):
        call()
    return time.perf_counter_ns() - start


def main():
    prepared = result = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "version":
                answer(version=torch.__version__)
            elif request["do"] == "setup":
                result = request["result"]
                prepared = prepare(*(request[key] for key in ("operation", "dims", "axis", "files")))
                answer(skip=prepared is None)
            elif request["do"] == "run":
                answer(ns=run(prepared[0], request["calls"]))
            elif request["do"] == "output":
                # Read from memory: numpy() would need NumPy.
                out = prepared[1].contiguous()
                with open(result, "wb") as target:
                    target.write(ctypes.string_at(out.data_ptr(), out.numel() * 4))
                answer(loss=None if prepared[2] is None else float(prepared[2]))
            else:
                prepared = None
                answer()
        except Exception as error:  # whatever it is, the other side shows it
            answer(error=f"{type(error).__name__}: {error}")


with torch.inference_mode():
    main()
