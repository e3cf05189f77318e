// SPDX-License-Identifier: MIT
// Calls those of the two functions that the program has: FROM_HEADERS, COMPILED or both.
#include <string>

bool from_headers(const std::string& folder);
bool compiled(const std::string& folder);

int main(int, char** values)
{
    bool is_written = true;
#ifdef FROM_HEADERS
    is_written = from_headers(std::string(values[1]) + "/from_headers") && is_written;
#endif
#ifdef COMPILED
    is_written = compiled(std::string(values[1]) + "/compiled") && is_written;
#endif
    return is_written ? 0 : 1;
}
