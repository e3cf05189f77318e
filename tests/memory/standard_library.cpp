// SPDX-License-Identifier: MIT
// Tells the memory sanitizer what the standard library's own object code writes. That code is not instrumented, so what
// it writes would stay unwritten to the headers, which are. Linked into every program that the sanitizer watches.
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <list>
#include <map>
#include <new>
#include <sanitizer/msan_interface.h>

extern "C" const char __executable_start;
extern "C" const char etext;

namespace {

bool is_instrumented(const void* caller)
{
    return caller >= &__executable_start && caller < &etext;
}

void* allocated(std::size_t size, const void* caller)
{
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr)
        return nullptr;
    if (!is_instrumented(caller))
        __msan_unpoison(memory, size);
    return memory;
}

template <class Function>
Function* next_of(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

} // namespace

// Tests ask for more memory than there is.
extern "C" const char* __msan_default_options()
{
    return "allocator_may_return_null=1";
}

void* operator new(std::size_t size)
{
    void* const memory = allocated(size, __builtin_return_address(0));
    if (memory == nullptr)
        std::abort();
    return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    return allocated(size, __builtin_return_address(0));
}
void operator delete(void* memory) noexcept
{
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

// The sanitizer's own looks at all bytes, those on the stack of such code too, where other functions left theirs.
extern "C" void* memchr(const void* memory, int value, std::size_t size) noexcept
{
    const auto* const bytes = static_cast<const unsigned char*>(memory);
    if (!is_instrumented(__builtin_return_address(0)))
        __msan_unpoison(memory, size);
    for (std::size_t i = 0; i < size; ++i) {
        if (bytes[i] == static_cast<unsigned char>(value))
            return const_cast<unsigned char*>(bytes + i);
    }
    return nullptr;
}

namespace std {

// It sets every member of the node that comes.
void _Rb_tree_insert_and_rebalance(const bool left, _Rb_tree_node_base* node, _Rb_tree_node_base* parent,
                                   _Rb_tree_node_base& header) noexcept
{
    using function = void(bool, _Rb_tree_node_base*, _Rb_tree_node_base*, _Rb_tree_node_base&);
    static function* const real =
        next_of<function>("_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_");
    __msan_unpoison(node, sizeof *node);
    real(left, node, parent, header);
}

// So does it.
void __detail::_List_node_base::_M_hook(_List_node_base* const position) noexcept
{
    __msan_unpoison(this, sizeof *this);
    _M_next = position;
    _M_prev = position->_M_prev;
    position->_M_prev->_M_next = this;
    position->_M_prev = this;
}

} // namespace std
