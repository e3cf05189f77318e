// SPDX-License-Identifier: MIT
// What this module needs of Python's C interface, in C++'s terms.
#ifndef REFERENCE_MODULE_PYTHON_HPP
#define REFERENCE_MODULE_PYTHON_HPP

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reference_module {

/// A reference that is given back at the end. Null where a call failed and Python knows why.
class owned {
public:
    owned() noexcept = default;
    explicit owned(PyObject* object) noexcept : object_(object) {}
    owned(owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    owned& operator=(owned&& other) noexcept
    {
        std::swap(object_, other.object_);
        return *this;
    }
    ~owned() { Py_XDECREF(object_); }

    static owned borrowed(PyObject* object) noexcept { return owned(Py_XNewRef(object)); }

    PyObject* get() const noexcept { return object_; }
    PyObject* release() noexcept { return std::exchange(object_, nullptr); }
    explicit  operator bool() const noexcept { return object_ != nullptr; }

private:
    PyObject* object_ = nullptr;
};

/// Lets other threads of Python run as long as it is there.
class without_lock {
public:
    without_lock() noexcept : thread_(PyEval_SaveThread()) {}
    without_lock(const without_lock&) = delete;
    without_lock& operator=(const without_lock&) = delete;
    ~without_lock() { PyEval_RestoreThread(thread_); }

private:
    PyThreadState* thread_;
};

inline PyObject* safetensor_error = nullptr; ///< the exception, made when the module is imported

/// Raises an exception and gives what a function returns then.
inline PyObject* raise(PyObject* exception, const std::string& text)
{
    PyErr_SetString(exception, text.c_str());
    return nullptr;
}

inline PyObject* raise(const std::string& text)
{
    return raise(safetensor_error, text);
}

inline PyObject* new_text(std::string_view text)
{
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
}

/// The UTF-8 of a str. Null with a TypeError for anything else.
/// lifetime: borrows the object
inline const char* text_of(PyObject* object, Py_ssize_t& size)
{
    if (PyUnicode_Check(object))
        return PyUnicode_AsUTF8AndSize(object, &size);
    PyErr_Format(PyExc_TypeError, "'%s' object is not an instance of 'str'", Py_TYPE(object)->tp_name);
    return nullptr;
}

inline bool read_text(PyObject* object, std::string& text)
{
    Py_ssize_t        size = 0;
    const char* const first = text_of(object, size);
    if (first != nullptr)
        text.assign(first, static_cast<std::size_t>(size));
    return first != nullptr;
}

/// The name of a file, from a str or a PathLike.
inline bool read_path(PyObject* object, std::string& path)
{
    PyObject* bytes = nullptr;
    if (PyUnicode_FSConverter(object, &bytes) == 0)
        return false;
    const owned kept(bytes);
    path.assign(PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes)));
    return true;
}

/// A number of 64 bits. False with an exception for anything else, an OverflowError for one below zero.
inline bool read_number(PyObject* object, std::uint64_t& number)
{
    const owned whole(PyNumber_Index(object));
    if (!whole)
        return false;
    number = PyLong_AsUnsignedLongLong(whole.get());
    return PyErr_Occurred() == nullptr;
}

inline owned new_list(std::span<const std::uint64_t> numbers)
{
    owned list(PyList_New(static_cast<Py_ssize_t>(numbers.size())));
    for (std::size_t i = 0; list && i < numbers.size(); ++i) {
        PyObject* const number = PyLong_FromUnsignedLongLong(numbers[i]);
        if (number == nullptr)
            return {};
        PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), number);
    }
    return list;
}

/// "[2, 3]"
inline std::string shown(std::span<const std::uint64_t> shape)
{
    std::string text = "[";
    for (const std::uint64_t axis : shape)
        text += (text.size() == 1 ? "" : ", ") + std::to_string(axis);
    return text + "]";
}

/// A Python class whose objects hold a State.
template <class State>
class python_class {
public:
    static State& state(PyObject* object) noexcept { return reinterpret_cast<layout*>(object)->state; }

    static bool is(PyObject* object) noexcept { return PyObject_TypeCheck(object, type_) != 0; }

    /// A new object, of a class derived in Python too.
    static PyObject* make(State state, PyTypeObject* type = type_)
    {
        PyObject* const object = type->tp_alloc(type, 0);
        if (object != nullptr)
            new (&python_class::state(object)) State(std::move(state));
        return object;
    }

    /// Makes the class and puts it into the module. slots: all but Py_tp_dealloc, up to one of 0
    static bool add_to(PyObject* module, const char* qualified_name, std::span<const PyType_Slot> slots,
                       bool has_constructor)
    {
        PyType_Slot all[16] = {{Py_tp_dealloc, reinterpret_cast<void*>(&destroy)}};
        std::size_t count = 1;
        for (const PyType_Slot& slot : slots)
            all[count++] = slot;
        const auto flags =
            has_constructor ? Py_TPFLAGS_DEFAULT : Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION;
        PyType_Spec spec{qualified_name, sizeof(layout), 0, static_cast<unsigned>(flags), all};
        type_ = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
        return type_ != nullptr && PyModule_AddType(module, type_) == 0;
    }

private:
    struct layout {
        PyObject_HEAD State state;
    };

    static void destroy(PyObject* object)
    {
        PyTypeObject* const type = Py_TYPE(object);
        state(object).~State();
        type->tp_free(object);
        Py_DECREF(type);
    }

    static inline PyTypeObject* type_ = nullptr;
};

/// The same function as a slot, a method and a getter want it.
template <class Function>
void* slot(Function* function) noexcept
{
    return reinterpret_cast<void*>(function);
}

template <class Function>
PyCFunction method(Function* function) noexcept
{
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

} // namespace reference_module

#endif
