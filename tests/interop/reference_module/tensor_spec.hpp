// SPDX-License-Identifier: MIT
// TensorSpec: where a tensor to be saved lies.
#ifndef REFERENCE_MODULE_TENSOR_SPEC_HPP
#define REFERENCE_MODULE_TENSOR_SPEC_HPP

#include "framework.hpp"
#include "python.hpp"

#include <stet/stet.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reference_module {

struct tensor_spec {
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};
    std::uint64_t              address = 0;
    std::uint64_t              size = 0; ///< bytes

    stet::result<stet::tensor_view> view() const
    {
        return stet::view_of(type, stet::extents(shape), reinterpret_cast<const void*>(address), size);
    }

    std::string as_text() const
    {
        return "TensorSpec(dtype='" + std::string(stet::name(type)) + "', shape=" + shown(shape) +
               ", data_ptr=" + std::to_string(address) + ", data_len=" + std::to_string(size) + ")";
    }
};

using tensor_spec_class = python_class<tensor_spec>;

inline bool read_shape(PyObject* object, std::vector<std::uint64_t>& shape)
{
    const owned axes(PySequence_Fast(object, "shape is a sequence of numbers"));
    if (!axes)
        return false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(axes.get()); ++i) {
        if (!read_number(PySequence_Fast_GET_ITEM(axes.get(), i), shape.emplace_back()))
            return false;
    }
    return true;
}

inline PyObject* raise_unknown_dtype(const std::string& name)
{
    std::string text = "Unknown dtype \"" + name + "\". Supported dtypes: ";
    for (const python_dtype& one : python_dtypes) {
        if (&one != python_dtypes)
            text += ", ";
        text += one.name;
    }
    return raise(text);
}

/// TensorSpec(*, dtype, shape, data_ptr, data_len)
inline PyObject* new_tensor_spec(PyTypeObject* type, PyObject* arguments, PyObject* named)
{
    static const char* names[] = {"dtype", "shape", "data_ptr", "data_len", nullptr};
    PyObject *         dtype = nullptr, *shape = nullptr, *address = nullptr, *size = nullptr;
    if (PyArg_ParseTupleAndKeywords(arguments, named, "$UOOO:TensorSpec", const_cast<char**>(names), &dtype,
                                    &shape, &address, &size) == 0)
        return nullptr;
    std::string name;
    tensor_spec spec;
    if (!read_text(dtype, name))
        return nullptr;
    const python_dtype* const known = dtype_called(name);
    if (known == nullptr)
        return raise_unknown_dtype(name);
    spec.type = known->type;
    if (!read_shape(shape, spec.shape) || !read_number(address, spec.address) ||
        !read_number(size, spec.size))
        return nullptr;
    if (spec.type == stet::dtype::f4 && !spec.shape.empty())
        spec.shape.back() *= 2; // what Python counts is two elements
    return tensor_spec_class::make(std::move(spec), type);
}

inline bool add_tensor_spec(PyObject* module)
{
    static PyGetSetDef attributes[] = {
        {"dtype",
         [](PyObject* self, void*) { return new_text(stet::name(tensor_spec_class::state(self).type)); },
         nullptr, nullptr, nullptr},
        {"shape",
         [](PyObject* self, void*) { return new_list(tensor_spec_class::state(self).shape).release(); },
         nullptr, nullptr, nullptr},
        {"data_ptr",
         [](PyObject* self, void*) {
             return PyLong_FromUnsignedLongLong(tensor_spec_class::state(self).address);
         },
         nullptr, nullptr, nullptr},
        {"data_len",
         [](PyObject* self, void*) {
             return PyLong_FromUnsignedLongLong(tensor_spec_class::state(self).size);
         },
         nullptr, nullptr, nullptr},
        {}};
    const PyType_Slot slots[] = {
        {Py_tp_new, slot(new_tensor_spec)},
        {Py_tp_getset, attributes},
        {Py_tp_repr,
         slot(+[](PyObject* self) { return new_text(tensor_spec_class::state(self).as_text()); })},
    };
    return tensor_spec_class::add_to(module, "safetensors._safetensors_rust.TensorSpec", slots, true);
}

} // namespace reference_module

#endif
