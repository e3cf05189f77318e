// SPDX-License-Identifier: MIT
// What prefetch asks for is checked; nothing here loads to a GPU.
#ifndef REFERENCE_MODULE_PREFETCH_HPP
#define REFERENCE_MODULE_PREFETCH_HPP

#include "opened_file.hpp"
#include "python.hpp"

#include <optional>
#include <string>

namespace reference_module {

/// One entry of a plan: the whole tensor, or rows of it. False with an exception for anything else.
inline bool accept_planned(const opened_file& file, PyObject* key, PyObject* rows)
{
    std::string name;
    if (!read_text(key, name))
        return false;
    const auto stored = file.find(name);
    if (!stored || rows == Py_None)
        return stored.has_value();
    if (PySlice_Check(rows) == 0)
        return raise("a prefetch plan says None or a slice for tensor " + name) != nullptr;
    const PyObject* const step = reinterpret_cast<PySliceObject*>(rows)->step;
    if (step != Py_None && PyLong_AsLong(const_cast<PyObject*>(step)) != 1)
        return raise("a prefetch plan takes slices of step 1 only, unlike that of tensor " + name) != nullptr;
    if (stored->shape.empty())
        return raise("tensor " + name + " is 0-d and has no rows to prefetch") != nullptr;
    return true;
}

/// plan: a dict, or null for every tensor. False with an exception where it asks for what is not there.
inline bool accept_plan(const opened_file& file, PyObject* plan)
{
    PyObject * key = nullptr, *rows = nullptr;
    Py_ssize_t position = 0;
    while (plan != nullptr && PyDict_Next(plan, &position, &key, &rows) != 0) {
        if (!accept_planned(file, key, rows))
            return false;
    }
    for (const stet::stored_tensor& stored : file.header()) {
        const owned name(plan == nullptr ? nullptr : new_text(stored.name));
        const bool  is_planned = plan == nullptr || PyDict_Contains(plan, name.get()) == 1;
        if (is_planned && dtype_for(stored.type) == nullptr)
            return raise("torch has no dtype for " + std::string(stet::name(stored.type)) + " of tensor " +
                         std::string(stored.name)) != nullptr;
    }
    return true;
}

/// prefetch(plan=None, *, device=None, threads=8)
inline PyObject* prefetch(const opened_file& file, const framework& in, PyObject* arguments, PyObject* named)
{
    static const char* names[] = {"plan", "device", "threads", nullptr};
    PyObject *         plan = Py_None, *device = Py_None;
    unsigned           threads = 8;
    if (PyArg_ParseTupleAndKeywords(arguments, named, "|O$OI:prefetch", const_cast<char**>(names), &plan,
                                    &device, &threads) == 0)
        return nullptr;
    if (!in.is_torch)
        return raise("prefetch is only compatible with framework=\"pt\"");
    const auto where = device == Py_None ? std::optional(in.device) : device_called(device);
    if (!where)
        return nullptr;
    if (!where->starts_with("cuda"))
        return raise("prefetch loads to cuda devices, not " + *where);
    if (plan != Py_None && PyDict_Check(plan) == 0)
        return raise(PyExc_TypeError, "a prefetch plan is a dict of None or a slice for each tensor");
    if (!accept_plan(file, plan == Py_None ? nullptr : plan))
        return nullptr;
    return raise("prefetch to " + *where + " is not built into this module");
}

struct no_state {};

struct prefetch_loader : no_state {};
struct tensor_stream : no_state {};

/// The classes of what prefetch would give: programs import their names.
inline bool add_prefetch(PyObject* module)
{
    return python_class<prefetch_loader>::add_to(module, "safetensors._safetensors_rust.PrefetchLoader", {},
                                                 false) &&
           python_class<tensor_stream>::add_to(module, "safetensors._safetensors_rust.TensorStream", {},
                                               false);
}

} // namespace reference_module

#endif
