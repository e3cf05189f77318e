// SPDX-License-Identifier: MIT
// `_safetensors_rust`, the compiled half of the Python package safetensors, on top of this library: what the package
// imports, under its names, so that the reference's own tests can be run on it.
//
//   g++ -std=c++20 -O2 -shared -fPIC -Iinclude $(python3-config --includes) module.cpp -o .../_safetensors_rust.so
#include "prefetch.hpp"
#include "python.hpp"
#include "safe_open.hpp"
#include "serialize.hpp"
#include "tensor_meta.hpp"
#include "tensor_slice.hpp"
#include "tensor_spec.hpp"

namespace {

using namespace reference_module;

PyMethodDef functions[] = {
    {"serialize", method(serialize), METH_VARARGS | METH_KEYWORDS, nullptr},
    {"serialize_file", method(serialize_file), METH_VARARGS | METH_KEYWORDS, nullptr},
    {"deserialize", method(deserialize), METH_O, nullptr},
    {"_safe_open_handle", method(safe_open_handle), METH_VARARGS | METH_KEYWORDS, nullptr},
    {}};

PyModuleDef definition{PyModuleDef_HEAD_INIT,
                       "_safetensors_rust",
                       "safetensors on top of stet",
                       -1,
                       functions,
                       nullptr,
                       nullptr,
                       nullptr,
                       nullptr};

bool fill(PyObject* module)
{
    safetensor_error =
        PyErr_NewException("safetensors._safetensors_rust.SafetensorError", PyExc_Exception, nullptr);
    return safetensor_error != nullptr &&
           PyModule_AddObjectRef(module, "SafetensorError", safetensor_error) == 0 &&
           PyModule_AddStringConstant(module, "__version__", "0.9.0-rc.1") == 0 && add_tensor_spec(module) &&
           add_tensor_meta(module) && add_tensor_slice(module) && add_prefetch(module) &&
           add_safe_open(module);
}

} // namespace

extern "C" PyObject* PyInit__safetensors_rust();

PyMODINIT_FUNC PyInit__safetensors_rust()
{
    owned module(PyModule_Create(&definition));
    return module && fill(module.get()) ? module.release() : nullptr;
}
