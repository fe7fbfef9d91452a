import Testing

/// A configuration file with a mistake, and what is to be said about it.
struct BrokenFile: Sendable, CustomTestStringConvertible {
    var mistake: String
    var text: String
    /// The lines behind the file's name.
    var complaints: [String]

    init(_ mistake: String, _ text: String, _ complaints: String...) {
        (self.mistake, self.text, self.complaints) = (mistake, text, complaints)
    }

    var testDescription: String { mistake }
}

extension BrokenFile {
    /// Files whose words are no YAML that nfmon takes: the first mistake is told, as what follows has no meaning then.
    static let unreadable = [
        BrokenFile(
            "a tab indents", "sources:\n\tconntrack: yes\n",
            "2:1: a tab cannot indent: use spaces"),
        BrokenFile(
            "a tab indents deeper", "sources:\n  conntrack: yes\n\tnflog: yes\n",
            "3:1: a tab cannot indent: use spaces"),
        BrokenFile(
            "a key without its colon", "sources:\n  conntrack\n  nflog: yes\n",
            "3:8: no ': ' can stand here: this line is not in the column of the keys around it, or the one above lacks its ': ', or a value wants quotes"
        ),
        BrokenFile(
            "a key without its colon, the last", "log:\n  level: info\nuser nfmon\n",
            "3:1: a key wants ': ' behind it, and a value"),
        BrokenFile(
            "no space behind the colon", "log:\n  level:info\n",
            "2:3: log is a section of lines KEY: VALUE, with a space behind the colon"),
        BrokenFile(
            "a list without its end", "sources:\n  groups: [100, 101\n  nflog: yes\n",
            "2:11: the list that begins here wants commas between its values, and a ] at its end"),
        BrokenFile(
            "a mapping in braces without its end", "log: {level: info\n",
            "1:6: what begins here wants commas between its keys, and a } at its end"),
        BrokenFile(
            "quotes without their end", "user: \"nfmon\nlog:\n  level: info\n",
            "1:7: the quotes that begin here have no end"),
        BrokenFile(
            "a key indented deeper than the one before", "table:\n  sessions: 1000\n    packet-sessions: 10\n",
            "3:20: no ': ' can stand here: this line is not in the column of the keys around it, or the one above lacks its ': ', or a value wants quotes"
        ),
        BrokenFile(
            "a key indented less than the one before", "table:\n    sessions: 1000\n  packet-sessions: 10\n",
            "3:3: this begins in no column of the lines above: keys of one section begin in the same"),
        BrokenFile(
            "a value with a colon and a space", "socket:\n  listen: 127.0.0.1: 9465\n",
            "2:20: no ': ' can stand here: this line is not in the column of the keys around it, or the one above lacks its ': ', or a value wants quotes"
        ),
        BrokenFile(
            "a value that begins with an at sign", "user: @nfmon\n",
            "1:7: a value cannot begin with @: put it in quotes"),
        BrokenFile(
            "an alias", "table:\n  sessions: &many 1000\n  packet-sessions: *many\n",
            "3:20: aliases (*name) are not taken: write the value out"),
        BrokenFile(
            "a tag", "table:\n  sessions: !!int 1000\n",
            "2:13: tags (!name) are not taken: write the value alone"),
        BrokenFile(
            "a second document", "user: nfmon\n---\nuser: root\n",
            "2:1: a second document begins here: only one is read"),
        BrokenFile(
            "a deep nest", "table: [[[[[[[[[[[[[[[[[\n",
            "1:15: no setting is so deep inside others"),
        BrokenFile(
            "an escape that there is not", "socket:\n  path: \"/run/\\q.sock\"\n",
            "2:15: \\ is special between double quotes: use single ones"),
    ]

    /// Files of which each mistake is told.
    static let wrong = [
        BrokenFile(
            "a section that there is not", "source:\n  conntrack: yes\n",
            "1:1: there is no source here: did you mean sources?"),
        BrokenFile(
            "a key that there is not", "table:\n  sesions: 1000\n",
            "2:3: there is no sesions in table: did you mean sessions?"),
        BrokenFile(
            "a key in underscores", "table:\n  packet_idle: 30s\n",
            "2:3: there is no packet_idle in table: did you mean packet-idle?"),
        BrokenFile(
            "a key outside of its section", "groups: [100]\n",
            "1:1: there is no groups here: did you mean sources.groups?"),
        BrokenFile(
            "an option's name for its key", "log:\n  table-sessions: 10\n",
            "2:3: there is no table-sessions in log: did you mean table.sessions?"),
        BrokenFile(
            "a key like no other", "log:\n  colour: yes\n",
            "2:3: there is no colour in log: there are level, format"),
        BrokenFile(
            "a section inside another", "sources:\n  conntrack: yes\n  socket:\n    mode: 0660\n",
            "3:3: there is no socket in sources: did you mean socket.path?"),
        BrokenFile(
            "a key twice", "table:\n  sessions: 1000\n  packet-idle: 10s\n  sessions: 2000\n",
            "4:3: table.sessions stands in line 2 already: keep one of the two"),
        BrokenFile(
            "a section twice", "log:\n  level: info\nuser: nfmon\nlog:\n  format: json\n",
            "4:1: log stands in line 1 already: keep one of the two"),
        BrokenFile(
            "neither yes nor no", "sources:\n  reliable: maybe\n",
            "2:13: sources.reliable cannot be \"maybe\": write yes or no"),
        BrokenFile(
            "a group that is too great", "sources:\n  groups: [100, 65536]\n",
            "2:17: sources.groups cannot be \"65536\": write a whole number from 0 to 65535"),
        BrokenFile(
            "no group", "sources:\n  groups: []\n",
            "2:11: sources.groups is an empty list: write at least one, a whole number from 0 to 65535"),
        BrokenFile(
            "a list of lists", "sources:\n  groups: [[100]]\n",
            "2:12: sources.groups is a list of single values: write a whole number from 0 to 65535"),
        BrokenFile(
            "a list for one value", "table:\n  sessions: [1, 2]\n",
            "2:13: table.sessions takes one value and no list: write a whole number from 1 to 67108864"),
        BrokenFile(
            "keys below a key", "socket:\n  path:\n    name: x\n",
            "3:5: socket.path has no keys below it: write a path that begins with / and has at most 103 bytes"),
        BrokenFile(
            "a value for a section", "log: debug\n",
            "1:6: log is a section: write its keys below it, indented, such as level: info"),
        BrokenFile(
            "a key without a value", "events:\n  heartbeat:\n",
            """
            2:13: events.heartbeat has no value: write a length of time from 1s to 1h, with its unit: ms, s, m, h or d, or leave \
            the line out for 10s
            """),
        BrokenFile(
            "a time without its unit", "limits:\n  idle: 30\n",
            "2:9: limits.idle cannot be \"30\": write a length of time from 1s to 1d, with its unit: ms, s, m, h or d"),
        BrokenFile(
            "an amount of bytes in words", "events:\n  history: 64 MB\n",
            "2:12: events.history cannot be \"64 MB\": write a number of bytes from 64K to 64G, with K, M or G behind it"
        ),
        BrokenFile(
            "a buffer of nothing", "sources:\n  conntrack-buffer: 0\n",
            """
            2:21: sources.conntrack-buffer cannot be "0": write a number of bytes from 1 to 2147483647, with K, M or G behind it, \
            or auto for 64M, which grows to 256M after overruns
            """),
        BrokenFile(
            "a share of more than all", "totals:\n  processor-share: 150%\n",
            "2:20: totals.processor-share cannot be \"150%\": write a share of more than 0% and at most 100%, such as 5% or 0.5%"
        ),
        BrokenFile(
            "a mode that is not octal", "socket:\n  mode: rw-rw----\n",
            "2:9: socket.mode cannot be \"rw-rw----\": write permission bits in octal digits, such as 0660"),
        BrokenFile(
            "an address without a port", "socket:\n  listen: 127.0.0.1\n",
            """
            2:11: socket.listen cannot be "127.0.0.1": write an address and a port, such as 127.0.0.1:9465 or [::1]:9465, or none \
            for no port
            """),
        BrokenFile(
            "a relative path", "socket:\n  path: nfmon.sock\n",
            "2:9: socket.path cannot be \"nfmon.sock\": write a path that begins with / and has at most 103 bytes"),
        BrokenFile(
            "a level that there is not", "log:\n  level: verbose\n",
            "2:10: log.level cannot be \"verbose\": write debug, info, warning or error"),
        BrokenFile(
            "a user that cannot be", "user: net/fmon\n",
            "1:7: user cannot be \"net/fmon\": write the name of a user, or root for staying root"),
        BrokenFile(
            "nothing to read", "sources:\n  conntrack: no\n  nflog: no\n",
            "3:3: sources.conntrack and sources.nflog are both no: that leaves nothing to read"),
        BrokenFile(
            "no mapping at all", "- sources\n- table\n",
            "1:1: settings are lines of KEY: VALUE, with sections such as sources: and socket:"),
        BrokenFile(
            "several mistakes, in the order of the file", "socket:\n  mode: 999\nsources:\n  groups: 1x\nusr: a\n",
            "2:9: socket.mode cannot be \"999\": write permission bits in octal digits, such as 0660",
            "4:11: sources.groups cannot be \"1x\": write a whole number from 0 to 65535",
            "5:1: there is no usr here: did you mean user?"),
    ]
}
