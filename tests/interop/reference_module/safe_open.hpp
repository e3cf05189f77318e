// SPDX-License-Identifier: MIT
// safe_open and _safe_open_handle: a file, its names, and its tensors when they are asked for.
#ifndef REFERENCE_MODULE_SAFE_OPEN_HPP
#define REFERENCE_MODULE_SAFE_OPEN_HPP

#include "opened_file.hpp"
#include "prefetch.hpp"
#include "python.hpp"
#include "tensor_meta.hpp"
#include "tensor_slice.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace reference_module {

/// lifetime: a slice keeps the file, whatever is closed
struct open_handle {
    std::shared_ptr<opened_file>     file{}; ///< null once it is closed
    std::shared_ptr<const framework> in{};
};

using handle_class = python_class<open_handle>;

/// The handle, which another thread may close meanwhile. Its file is null, with an exception, where it is closed.
inline open_handle used_handle(PyObject* self)
{
    open_handle handle = handle_class::state(self);
    if (handle.file == nullptr)
        raise("File is closed");
    return handle;
}

inline PyObject* keys(PyObject* self, PyObject*)
{
    const open_handle handle = used_handle(self);
    if (handle.file == nullptr)
        return nullptr;
    owned list(PyList_New(0));
    for (const std::uint32_t position : handle.file->header().by_name()) {
        const owned name(new_text(handle.file->header()[position].name));
        if (!list || !name || PyList_Append(list.get(), name.get()) != 0)
            return nullptr;
    }
    return list.release();
}

inline PyObject* offset_keys(PyObject* self, PyObject*)
{
    const open_handle handle = used_handle(self);
    if (handle.file == nullptr)
        return nullptr;
    owned list(PyList_New(0));
    for (const stet::stored_tensor& stored : handle.file->header()) {
        const owned name(new_text(stored.name));
        if (!list || !name || PyList_Append(list.get(), name.get()) != 0)
            return nullptr;
    }
    return list.release();
}

inline PyObject* metadata(PyObject* self, PyObject*)
{
    const open_handle handle = used_handle(self);
    if (handle.file == nullptr)
        return nullptr;
    const stet::checkpoint_header& header = handle.file->header();
    if (!header.has_metadata())
        return Py_NewRef(Py_None);
    owned dict(PyDict_New());
    for (std::size_t i = 0; i < header.metadata_size(); ++i) {
        const owned key(new_text(header.metadata(i).key));
        const owned value(new_text(header.metadata(i).value));
        if (!dict || !key || !value || PyDict_SetItem(dict.get(), key.get(), value.get()) != 0)
            return nullptr;
    }
    return dict.release();
}

inline PyObject* get_tensors(PyObject* self, PyObject*)
{
    const open_handle handle = used_handle(self);
    if (handle.file == nullptr)
        return nullptr;
    owned dict(PyDict_New());
    for (const stet::stored_tensor& stored : handle.file->header()) {
        const owned name(new_text(stored.name));
        const owned tensor = handle.file->tensor(*handle.in, stored);
        if (!dict || !name || !tensor || PyDict_SetItem(dict.get(), name.get(), tensor.get()) != 0)
            return nullptr;
    }
    return dict.release();
}

/// Calls `give` with the open handle and the tensor of that name.
template <class Give>
PyObject* with_tensor(PyObject* self, PyObject* name, Give give)
{
    const open_handle handle = used_handle(self);
    std::string       wanted;
    if (handle.file == nullptr || !read_text(name, wanted))
        return nullptr;
    const auto stored = handle.file->find(wanted);
    return stored ? give(handle, *stored) : nullptr;
}

inline PyObject* get_tensor(PyObject* self, PyObject* name)
{
    return with_tensor(self, name, [](const open_handle& handle, const stet::stored_tensor& stored) {
        return handle.file->tensor(*handle.in, stored).release();
    });
}

inline PyObject* get_slice(PyObject* self, PyObject* name)
{
    return with_tensor(self, name, [](const open_handle& handle, const stet::stored_tensor& stored) {
        return tensor_slice_class::make({.file = handle.file, .in = handle.in, .stored = stored});
    });
}

inline PyObject* get_tensor_meta(PyObject* self, PyObject* name)
{
    return with_tensor(self, name, [](const open_handle&, const stet::stored_tensor& stored) {
        return tensor_meta_class::make(tensor_meta{.type = stored.type,
                                                   .shape = {stored.shape.begin(), stored.shape.end()},
                                                   .begin = stored.begin,
                                                   .end = stored.end});
    });
}

inline PyObject* prefetch_from(PyObject* self, PyObject* arguments, PyObject* named)
{
    const open_handle handle = used_handle(self);
    return handle.file == nullptr ? nullptr : prefetch(*handle.file, *handle.in, arguments, named);
}

inline PyObject* enter(PyObject* self, PyObject*)
{
    return used_handle(self).file == nullptr ? nullptr : Py_NewRef(self);
}

inline PyObject* leave(PyObject* self, PyObject*)
{
    handle_class::state(self).file.reset();
    return Py_NewRef(Py_None);
}

/// What both ways to open are given.
struct open_arguments {
    PyObject*   file = nullptr;
    const char* framework = nullptr;
    PyObject*   device = nullptr;
    const char* backend = "mmap";

    bool parse(PyObject* arguments, PyObject* named)
    {
        static const char* names[] = {"filename", "framework", "device", "backend", nullptr};
        return PyArg_ParseTupleAndKeywords(arguments, named, "Os|O$s:safe_open", const_cast<char**>(names),
                                           &file, &framework, &device, &backend) != 0;
    }

    PyObject* open(PyObject* name) const
    {
        std::string path;
        if (!read_path(name, path))
            return nullptr;
        auto in = framework_called(framework, device);
        if (!in)
            return nullptr;
        auto opened = opened_file::open(path, backend);
        if (opened == nullptr)
            return nullptr;
        return handle_class::make(
            {.file = std::move(opened),
             .in = std::make_shared<const reference_module::framework>(std::move(*in))});
    }
};

/// safe_open(filename, framework, device="cpu", *, backend="mmap")
inline PyObject* new_handle(PyTypeObject*, PyObject* arguments, PyObject* named)
{
    open_arguments given;
    return given.parse(arguments, named) ? given.open(given.file) : nullptr;
}

/// _safe_open_handle(file, framework, device="cpu", *, backend="mmap"): a file of Python's, opened by its name.
inline PyObject* safe_open_handle(PyObject*, PyObject* arguments, PyObject* named)
{
    open_arguments given;
    if (!given.parse(arguments, named))
        return nullptr;
    const owned descriptor(PyObject_CallMethod(given.file, "fileno", nullptr));
    const owned name(descriptor ? PyObject_GetAttrString(given.file, "name") : nullptr);
    return name ? given.open(name.get()) : nullptr;
}

inline bool add_safe_open(PyObject* module)
{
    static PyMethodDef methods[] = {
        {"keys", method(keys), METH_NOARGS, nullptr},
        {"offset_keys", method(offset_keys), METH_NOARGS, nullptr},
        {"metadata", method(metadata), METH_NOARGS, nullptr},
        {"get_tensors", method(get_tensors), METH_NOARGS, nullptr},
        {"get_tensor", method(get_tensor), METH_O, nullptr},
        {"get_slice", method(get_slice), METH_O, nullptr},
        {"get_tensor_meta", method(get_tensor_meta), METH_O, nullptr},
        {"prefetch", method(prefetch_from), METH_VARARGS | METH_KEYWORDS, nullptr},
        {"__enter__", method(enter), METH_NOARGS, nullptr},
        {"__exit__", method(leave), METH_VARARGS, nullptr},
        {}};
    const PyType_Slot slots[] = {{Py_tp_new, slot(new_handle)}, {Py_tp_methods, methods}};
    return handle_class::add_to(module, "safetensors._safetensors_rust.safe_open", slots, true);
}

} // namespace reference_module

#endif
