# transaction.awk: plans one iptables-restore transaction. Reads the filter table as it is (side=1, from iptables-save)
# and the wanted profiles (side=2); writes what to feed to "iptables-restore --noflush". Changes nothing itself.
#
# Variables: family, ip or ip6, for messages; group, the NFLOG group that replaces the profiles' own.

# A rule without what people write into it, comments and prefixes: these may look like anything.
function bare(line) {
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	sub(/ -m comment --comment [^ ]+/, "", line)
	return line
}

# The table as it is. Its user chains and rules that are not ours count only as places.
side == 1 && /^:NFMON(-INPUT|-FORWARD)? / { present[substr($1, 2)] = 1 }
side == 1 && /^:/ { policy[substr($1, 2)] = $2 }
side == 1 && /^-A NFMON(-INPUT|-FORWARD)? / && bare($0) !~ / -j (NFLOG |RETURN$)/ { alien = $0 }
side == 1 && /^-A (INPUT|FORWARD|OUTPUT) -j NFMON(-INPUT|-FORWARD)?$/ { sub(/^-A/, "-D"); old[++olds] = $0; next }
side == 1 && /^-A/ { length_of[$2]++; last[$2] = bare($0) }
side == 1 && bare($0) ~ / -[jg] NFMON(-INPUT|-FORWARD)?( |$)/ { foreign[++foreigns] = $0 }

# The profiles. -I puts the jump at the head of a chain; -A means what its end denies, if it denies.
side == 2 && /^:/ { wanted[substr($1, 2)] = 1 }
side == 2 && /^-A NFMON/ { sub(/--nflog-group [0-9]+/, "--nflog-group " group); rule[++rules] = $0 }
side == 2 && /^-I / { head[++heads] = $0 }
side == 2 && /^-A (INPUT|FORWARD|OUTPUT) / {
	end = last[$2]
	if (end == "-A " $2 " -j DROP" || index(end, "-A " $2 " -j REJECT") == 1) {
		tail[++tails] = "-I " $2 " " length_of[$2] " -j " $4
		if (end ~ /REJECT/) rejects[$4] = 1
	} else if (policy[$2] == "DROP")
		tail[++tails] = $0
	else {
		print "rules: " family " " $2 " denies nothing at its end: drops logs nothing there" >"/dev/stderr"
		delete wanted[$4]
	}
}

END {
	if (alien != "") {
		split(alien, word)
		print "rules: " family ": the chain " word[2] " has a rule that is not of nfmon\x27s: rename your chain, or take the rule" \
			" out: " alien >"/dev/stderr"
		exit 1
	}
	for (i = 1; i <= foreigns; i++) {
		split(bare(foreign[i]), word, / -[jg] /)
		sub(/ .*/, "", word[2])
		if (word[2] in wanted) continue
		print "rules: " word[2] " is still used by a rule of yours: remove it first: " \
			family "tables -D" substr(foreign[i], 3) >"/dev/stderr"
		exit 1
	}
	print "*filter"
	# Declaring a chain that exists empties it.
	for (chain in present) print ":" chain " - [0:0]"
	for (chain in wanted) if (!(chain in present)) print ":" chain " - [0:0]"
	for (i = 1; i <= olds; i++) print old[i]
	for (i = 1; i <= rules; i++) {
		split(rule[i], word)
		if (word[2] in rejects) sub(/ drop:/, " reject:", rule[i])
		if (word[2] in wanted) print rule[i]
	}
	# Tails first: their places were counted without the heads.
	for (i = 1; i <= tails; i++) print tail[i]
	for (i = 1; i <= heads; i++) print head[i]
	for (chain in present) if (!(chain in wanted)) print "-X " chain
	print "COMMIT"
}
