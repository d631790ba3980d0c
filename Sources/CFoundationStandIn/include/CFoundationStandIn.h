// Nothing to call: this target is there to be linked.
#pragma once
