// SPDX-License-Identifier: MIT
// Rows of text in columns that are as wide as they need to be.
#ifndef EXAMPLE_TABLE_HPP
#define EXAMPLE_TABLE_HPP

#include "terminal_text.hpp"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class table {
public:
    enum class side { left, right };

    explicit table(std::vector<side> columns) : columns_(std::move(columns)) {}

    /// cells: one for each column
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    void print(std::string_view indent) const
    {
        std::vector<std::size_t> widths(columns_.size());
        for (const auto& row : rows_) {
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], characters(row[i]));
        }
        for (const auto& row : rows_) {
            std::string line(indent);
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string padding(widths[i] - characters(row[i]), ' ');
                line += i == 0 ? "" : "  ";
                line += columns_[i] == side::left ? row[i] + padding : padding + row[i];
            }
            line.resize(line.find_last_not_of(' ') + 1);
            std::cout << line << '\n';
        }
    }

private:
    std::vector<side>                     columns_;
    std::vector<std::vector<std::string>> rows_{};
};

} // namespace example

#endif
