// What a model holds that cannot be imported, as one error.
#pragma once

#include "import/imported.h"

namespace vivace {

/// "3 of the model's layers cannot be imported: LayerScale a, b: the class is not known". `id` is the
/// error's, `things` what the model is made of ("layers"), `name` the file.
Error unsupported_error(const std::vector<Unsupported>& list, const char* id, std::string_view things,
                        const std::string& name);

}  // namespace vivace
