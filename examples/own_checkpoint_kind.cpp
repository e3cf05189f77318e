// SPDX-License-Identifier: MIT
// Saves a kind of checkpoint that stet does not know: an aggregate of components, one of them in a role of
// its own.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/stet.hpp>

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

namespace film {

/// A role is an empty type with a name for people.
struct motion_module {
    static constexpr std::string_view name = "motion module";
};

/// A kind of checkpoint names its components once as fields and once as a list.
struct animated {
    stet::component<stet::role::model> model;
    stet::component<motion_module>     motion;
    stet::component<stet::role::vae>   vae;

    static constexpr stet::field_list<&animated::model, &animated::motion, &animated::vae> fields{};
};

/// Its layout has a rule for each role; without the one for the motion module it would not compile.
using layout = stet::prefix_layout<stet::under<stet::role::model, "model.diffusion_model.">,
                                   stet::under<motion_module, "motion_modules.">,
                                   stet::under<stet::role::vae, "first_stage_model.">>;

} // namespace film

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    const std::array<float, 6> numbers{1, 2, 3, 4, 5, 6};
    const auto                 tensor = stet::view_of(numbers, {3, 2});
    if (!tensor) {
        std::cerr << stet::message(tensor.error()) << '\n';
        return 1;
    }
    using state_dict = std::map<std::string, stet::tensor_view>;
    const state_dict model{{"in.weight", *tensor}, {"out.weight", *tensor}};
    const state_dict motion{{"temporal.weight", *tensor}};
    const state_dict vae{{"decoder.weight", *tensor}};

    const auto saved =
        stet::save(film::animated{.model = model, .motion = motion, .vae = vae}, film::layout{},
                   stet::numbered{.root = arguments.output, .prefix = "checkpoints/animated"});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    example::print(*saved);
}
