// SPDX-License-Identifier: MIT
// TensorMeta: what the header says of a tensor.
#ifndef REFERENCE_MODULE_TENSOR_META_HPP
#define REFERENCE_MODULE_TENSOR_META_HPP

#include "python.hpp"

#include <stet/stet.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace reference_module {

struct tensor_meta {
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};
    std::uint64_t              begin = 0;
    std::uint64_t              end = 0;

    std::string as_text() const
    {
        return "TensorMeta { dtype: \"" + std::string(stet::name(type)) + "\", shape: " + shown(shape) +
               ", data_offsets: (" + std::to_string(begin) + ", " + std::to_string(end) + ") }";
    }
};

using tensor_meta_class = python_class<tensor_meta>;

inline bool add_tensor_meta(PyObject* module)
{
    static PyGetSetDef attributes[] = {
        {"dtype",
         [](PyObject* self, void*) { return new_text(stet::name(tensor_meta_class::state(self).type)); },
         nullptr, nullptr, nullptr},
        {"shape",
         [](PyObject* self, void*) { return new_list(tensor_meta_class::state(self).shape).release(); },
         nullptr, nullptr, nullptr},
        {"data_offsets",
         [](PyObject* self, void*) {
             const tensor_meta& meta = tensor_meta_class::state(self);
             return Py_BuildValue("(KK)", static_cast<unsigned long long>(meta.begin),
                                  static_cast<unsigned long long>(meta.end));
         },
         nullptr, nullptr, nullptr},
        {}};
    const PyType_Slot slots[] = {
        {Py_tp_getset, attributes},
        {Py_tp_repr,
         slot(+[](PyObject* self) { return new_text(tensor_meta_class::state(self).as_text()); })},
    };
    return tensor_meta_class::add_to(module, "safetensors._safetensors_rust.TensorMeta", slots, false);
}

} // namespace reference_module

#endif
