// libyaml: a parser that says where in the file each word stands.
#include <yaml.h>
