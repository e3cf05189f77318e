// SPDX-License-Identifier: MIT
// serialize, serialize_file, deserialize.
#ifndef REFERENCE_MODULE_SERIALIZE_HPP
#define REFERENCE_MODULE_SERIALIZE_HPP

#include "errors.hpp"
#include "python.hpp"
#include "tensor_spec.hpp"

#include <stet/header/metadata.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace reference_module {

/// What is to be saved, taken out of Python's dicts so that other threads may run meanwhile.
struct saved_dict {
    std::vector<owned>                                                   specs{}; ///< what the views borrow
    std::vector<std::pair<std::string, stet::result<stet::tensor_view>>> tensors{};
    std::optional<stet::metadata_list>                                   metadata{};

    /// False with an exception for what is no dict of TensorSpecs.
    bool take_tensors(PyObject* dict)
    {
        PyObject * key = nullptr, *spec = nullptr;
        Py_ssize_t position = 0;
        while (PyDict_Next(dict, &position, &key, &spec) != 0) {
            std::string name;
            if (!read_text(key, name))
                return false;
            if (!tensor_spec_class::is(spec)) {
                PyErr_Format(PyExc_TypeError, "'%s' object is not an instance of 'TensorSpec'",
                             Py_TYPE(spec)->tp_name);
                return false;
            }
            specs.push_back(owned::borrowed(spec));
            tensors.emplace_back(std::move(name), tensor_spec_class::state(spec).view());
        }
        return true;
    }

    /// False with an exception for what is no dict of texts. Of None there is none.
    bool take_metadata(PyObject* dict)
    {
        if (dict == nullptr || dict == Py_None)
            return true;
        if (PyDict_Check(dict) == 0) {
            PyErr_SetString(PyExc_TypeError, "metadata is a dict of str");
            return false;
        }
        metadata.emplace();
        PyObject * key = nullptr, *value = nullptr;
        Py_ssize_t position = 0;
        while (PyDict_Next(dict, &position, &key, &value) != 0) {
            auto& entry = metadata->emplace_back();
            if (!read_text(key, entry.first) || !read_text(value, entry.second))
                return false;
        }
        return true;
    }

    stet::metadata_view metadata_view() const
    {
        return metadata ? stet::metadata_view(*metadata) : stet::metadata_view();
    }
};

/// The whole file as bytes: measured, then written in place.
inline PyObject* new_bytes(const saved_dict& saved)
{
    const auto plan = stet::make_plan(saved.tensors, {.empty = stet::empty_components::allow});
    if (!plan)
        return raise_writing(plan.error());
    const auto head = stet::make_header(*plan, saved.metadata_view());
    if (!head)
        return raise_writing(head.error());
    owned bytes(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(head->file_size())));
    if (!bytes)
        return nullptr;
    stet::span_sink memory(
        std::as_writable_bytes(std::span(PyBytes_AS_STRING(bytes.get()), head->file_size())));
    const auto written = [&] {
        const without_lock others_run;
        return stet::write(*head, memory);
    }();
    return written ? bytes.release() : raise_writing(written.error());
}

/// serialize(tensor_dict, metadata=None)
inline PyObject* serialize(PyObject*, PyObject* arguments, PyObject* named)
{
    static const char* names[] = {"tensor_dict", "metadata", nullptr};
    PyObject *         tensors = nullptr, *metadata = nullptr;
    saved_dict         saved;
    if (PyArg_ParseTupleAndKeywords(arguments, named, "O!|O:serialize", const_cast<char**>(names),
                                    &PyDict_Type, &tensors, &metadata) == 0 ||
        !saved.take_tensors(tensors) || !saved.take_metadata(metadata))
        return nullptr;
    return new_bytes(saved);
}

/// serialize_file(tensor_dict, filename, metadata=None). Like the reference's it does not wait for the disk.
inline PyObject* serialize_file(PyObject*, PyObject* arguments, PyObject* named)
{
    static const char* names[] = {"tensor_dict", "filename", "metadata", nullptr};
    PyObject *         tensors = nullptr, *filename = nullptr, *metadata = nullptr;
    saved_dict         saved;
    std::string        path;
    if (PyArg_ParseTupleAndKeywords(arguments, named, "O!O|O:serialize_file", const_cast<char**>(names),
                                    &PyDict_Type, &tensors, &filename, &metadata) == 0 ||
        !read_path(filename, path) || !saved.take_tensors(tensors) || !saved.take_metadata(metadata))
        return nullptr;
    const auto outcome = [&] {
        const without_lock others_run;
        return stet::save(saved.tensors, stet::exact_path{path, stet::existing_file::replace},
                          {.metadata = saved.metadata_view(),
                           .durability = stet::durability::none,
                           .empty = stet::empty_components::allow});
    }();
    return outcome ? Py_NewRef(Py_None) : raise_writing(outcome.error());
}

/// ("a.weight", {"shape": [2, 3], "dtype": "F32", "data": bytearray})
inline PyObject* new_entry(const stet::checkpoint_view& file, const stet::stored_tensor& tensor)
{
    const auto  data = file.data(tensor);
    const owned shape = new_list(tensor.shape);
    const owned type(new_text(stet::name(tensor.type)));
    const owned bytes(PyByteArray_FromStringAndSize(reinterpret_cast<const char*>(data.data()),
                                                    static_cast<Py_ssize_t>(data.size())));
    const owned name(new_text(tensor.name));
    if (!shape || !type || !bytes || !name)
        return nullptr;
    return Py_BuildValue("(O{s:O,s:O,s:O})", name.get(), "shape", shape.get(), "dtype", type.get(), "data",
                         bytes.get());
}

/// deserialize(bytes)
inline PyObject* deserialize(PyObject*, PyObject* file)
{
    if (PyBytes_Check(file) == 0) {
        PyErr_Format(PyExc_TypeError, "'%s' object is not an instance of 'bytes'", Py_TYPE(file)->tp_name);
        return nullptr;
    }
    const auto content = stet::read_checkpoint(
        std::as_bytes(std::span(PyBytes_AS_STRING(file), static_cast<std::size_t>(PyBytes_GET_SIZE(file)))));
    if (!content)
        return raise_reading(content.error(), {}, "deserializing");
    owned list(PyList_New(0));
    for (const stet::stored_tensor& tensor : content->header()) {
        const owned entry(new_entry(*content, tensor));
        if (!list || !entry || PyList_Append(list.get(), entry.get()) != 0)
            return nullptr;
    }
    return list.release();
}

} // namespace reference_module

#endif
