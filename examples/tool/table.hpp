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

    /// Where the terminal is too narrow for a row, the first column's cell has a line of its own.
    void print(std::string_view indent) const
    {
        const std::vector<std::size_t> widths = column_widths();
        std::size_t                    width = indent.size();
        for (const std::size_t one : widths)
            width += one + 2;
        const std::size_t columns = terminal_columns();
        const bool        is_narrow = columns != 0 && width > columns + 2;
        for (const auto& row : rows_)
            print_row(row, widths, indent, is_narrow);
    }

private:
    std::vector<std::size_t> column_widths() const
    {
        std::vector<std::size_t> widths(columns_.size());
        for (const auto& row : rows_) {
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], characters(row[i]));
        }
        return widths;
    }

    void print_row(const std::vector<std::string>& row, const std::vector<std::size_t>& widths,
                   std::string_view indent, bool is_narrow) const
    {
        std::string line(indent);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool        ends = is_narrow && i == 0;
            const std::string padding(ends ? 0 : widths[i] - characters(row[i]), ' ');
            line += i == 0 || (is_narrow && i == 1) ? "" : "  ";
            line += columns_[i] == side::left ? row[i] + padding : padding + row[i];
            if (ends)
                line += '\n' + std::string(indent) + "    ";
        }
        line.resize(line.find_last_not_of(' ') + 1);
        std::cout << line << '\n';
    }

    std::vector<side>                     columns_;
    std::vector<std::vector<std::string>> rows_{};
};

} // namespace example

#endif
