// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_VERIFY_HPP
#define STET_QUANTISED_VERIFY_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "find_layers.hpp"
#include "impl/findings.hpp"
#include "impl/rules.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::quantised {

/// What is known besides the tensors, and how far to look.
struct verify_options {
    /// As in find_options.
    std::optional<std::string_view> metadata{};
    array_view<const format>        formats{}; ///< your own
    array_view<const known_shape>   shapes{};  ///< that the file does not tell
    /// Read scales, weights whose codes are stored as numbers, and weights under scales of 0; not only names and markers.
    bool values = true;
    /// Where the findings live.
    stet::allocator allocator = heap();
};

/// Says what is wrong with the quantised layers of a file, or worth a line. It decides from the file alone, by the
/// rules that `rule` lists, and guesses nothing. A layer whose marker cannot be read gets that one finding.
/// errors: out_of_memory; those of reading tensors. Damage of the file is a finding, no error
/// source: ComfyUI 0.33.0: an error is what fails there or gives other numbers
/// The name stands in parentheses because macOS has a macro of that name.
result<findings>(verify)(array_view<const named_tensor> tensors, const verify_options& options = {});

/// The same, of a state dict or of a file that was read: checkpoint_view, checkpoint_reader, file_checkpoint.
/// errors: those above; those of the dict's tensors, with their name
template <state_dict Dict>
result<findings>(verify)(const Dict& dict, const verify_options& options = {})
{
    const auto tensors = detail::list_tensors(component<role::extra>(dict), options.allocator);
    return tensors ? (verify)(tensors->view(), detail::with_metadata(dict, options))
                   : result<findings>(tensors.error());
}

/// The same, of a plan before it is saved: under the names that its tensors get in the file.
/// errors: those above
result<findings>(verify)(const plan& tensors, const verify_options& options = {});

/// One line for a person: `error scale-missing: layer 'blocks.0.attn.q', tensor '...': expected ..., found ...`.
std::string message(const finding& one);

} // namespace STET_NAMESPACE::quantised

#if STET_BODIES
#include "impl/verify.ipp"
#endif

#endif
