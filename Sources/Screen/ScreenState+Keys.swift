import FlowModel
import Query

// What each key does.

extension ScreenState {
    /// Takes a key.
    public mutating func take(_ key: Key) -> ScreenAction {
        if message != nil { message = nil }
        switch key {
        case .control("c"): return prompt == nil ? .quit : closePrompt()
        case .control("z"): return .suspend
        case .control("l"): return .redraw
        default: break
        }
        if prompt != nil { return takeInPrompt(key) }
        return switch page {
        case .list: takeInList(key)
        case .session, .help: takeInText(key)
        }
    }

    private mutating func closePrompt() -> ScreenAction {
        prompt = nil
        return .draw
    }

    // MARK: The list

    private mutating func takeInList(_ key: Key) -> ScreenAction {
        switch key {
        case .character("q"), .character("Q"): return .quit
        case .down, .character("j"): return moveSelection(to: selected.map { $0.place + 1 } ?? top)
        case .up, .character("k"): return moveSelection(to: selected.map { $0.place - 1 } ?? top)
        case .pageDown: return scroll(by: max(1, listHeight - 1))
        case .pageUp: return scroll(by: -max(1, listHeight - 1))
        case .home: return moveSelection(to: 0)
        case .end: return moveSelection(to: greatestLimit)
        case .escape: return clearSelection()
        case .enter, .right: return open()
        case .character("f"): return freeze()
        case .character("<"), .character(","): return sortByNeighbour(-1)
        case .character(">"), .character("."): return sortByNeighbour(1)
        case .character("R"): return sort(by: "rate")
        case .character("B"): return sort(by: "bytes")
        case .character("P"): return sort(by: "packets")
        case .character("A"): return sort(by: question.by == nil ? "duration" : "start")
        case .character("S"): return sort(by: "src")
        case .character("D"): return sort(by: "dst")
        case .character("/"): return begin(.filter, question.filter)
        case .character("g"): return begin(.by, question.by ?? "")
        case .character("s"): return begin(.sort, "")
        default: return takeAnywhere(key)
        }
    }

    /// What works on every page.
    private mutating func takeAnywhere(_ key: Key) -> ScreenAction {
        switch key {
        case .character("?"), .character("h"): return show(.help)
        case .character("u"):
            units = units.next
            table.forgetWidths()
            message = "units: \(units.name)"
        case .character("n"):
            resolvesNames.toggle()
            if !resolvesNames { names = [:] }
            table.forgetWidths()
            message = resolvesNames ? "names are looked up" : "addresses are shown"
        case .character("p"), .character(" "):
            isPaused.toggle()
            return isPaused ? .draw : .ask
        case .character("r"): return ask()
        default: break
        }
        return .draw
    }

    /// Asks at once, unless the user wants to see what there was.
    private mutating func ask() -> ScreenAction {
        guard isPaused else { return .ask }
        message = "paused: press p to go on"
        return .draw
    }

    private mutating func moveSelection(to wanted: Int) -> ScreenAction {
        select(wanted)
        // Rows behind the last one were not asked for yet.
        let last = min(Int(clamping: totalCount), greatestLimit) - 1
        guard wanted > selected?.place ?? 0, !isPaused, let answer, answer.rows.count <= last else { return .draw }
        let place = min(wanted, last)
        selected = (place, "")
        top = max(0, place - max(listHeight, 1) + 1)
        return .ask
    }

    private mutating func scroll(by count: Int) -> ScreenAction {
        let place = selected?.place ?? (count > 0 ? top : top + listHeight - 1)
        return moveSelection(to: place + count)
    }

    /// How many rows there are in all.
    var totalCount: UInt64 { answer?.summary.groupCount ?? answer?.summary.sessionCount ?? 0 }

    private mutating func clearSelection() -> ScreenAction {
        selected = nil
        top = 0
        return .draw
    }

    // MARK: One row

    /// Shows the details of a session, or the sessions of a group.
    private mutating func open() -> ScreenAction {
        if selected == nil { select(top) }
        guard let row = selectedRow, let answer else { return .draw }
        if answer.groupColumns.isEmpty {
            guard let followed = follow(row) else { return .draw }
            self.followed[followed.id] = followed.row
            return show(.session(id: followed.id))
        }
        guard let filter = GroupRow(value: row).filter(answer.groupColumns),
            (try? SessionFilter(parsing: filter, names: NameTable())) != nil
        else {
            message = "what these sessions have in common is not known: a filter cannot ask for it"
            return .draw
        }
        var question = question
        question.filter = join(question.filter, filter)
        (question.by, question.having, question.sort) = (nil, nil, nil)
        return change(to: question)
    }

    private func join(_ filter: String, _ more: String) -> String {
        filter.trimmed.isEmpty ? more : "(\(filter)) and \(more)"
    }

    /// Keeps the selected row in sight, or lets the one go that is kept.
    private mutating func freeze() -> ScreenAction {
        if let frozenID {
            self.frozenID = nil
            if page != .session(id: frozenID) { followed[frozenID] = nil }
            return .draw
        }
        if selected == nil { select(top) }
        guard let row = selectedRow, let followed = follow(row) else { return .draw }
        self.followed[followed.id] = followed.row
        frozenID = followed.id
        keepSelectionVisible()
        return .draw
    }

    /// How to ask for one row alone.
    private mutating func follow(_ row: JSONValue) -> (id: String, row: Followed)? {
        guard let answer else { return nil }
        let (filter, by) =
            answer.groupColumns.isEmpty
            ? (SessionRow(value: row).filter, nil) : (GroupRow(value: row).filter(answer.groupColumns), question.by)
        guard let filter else {
            message = "this row cannot be asked for by itself"
            return nil
        }
        // Attempts of one source and destination can be several sessions: one of them is meant.
        let whole = by == nil ? filter : join(question.filter, filter)
        let one = ScreenQuestion(filter: whole, by: by, sort: by == nil ? "last" : nil, limit: 100)
        return (answer.id(of: row), Followed(row: row, question: one))
    }

    // MARK: Pages of text

    mutating func show(_ page: Page) -> ScreenAction {
        self.page = page
        pageTop = 0
        return .draw
    }

    private mutating func takeInText(_ key: Key) -> ScreenAction {
        switch key {
        case .down, .character("j"): pageTop += 1
        case .up, .character("k"): pageTop -= 1
        case .pageDown: pageTop += max(1, rows - 3)
        case .pageUp: pageTop -= max(1, rows - 3)
        case .home: pageTop = 0
        case .escape, .enter, .left, .backspace, .character("q"): return closePage()
        case .character("f"): if case .session = page { return freezeShown() }
        case .character("?"), .character("h"): return page == .help ? closePage() : show(.help)
        default: return takeAnywhere(key)
        }
        // The end is known where the page is drawn.
        pageTop = max(0, min(pageTop, greatestPageTop))
        return .draw
    }

    private mutating func closePage() -> ScreenAction {
        if case .session(let id) = page, id != frozenID { followed[id] = nil }
        return show(.list)
    }

    private mutating func freezeShown() -> ScreenAction {
        guard case .session(let id) = page else { return .draw }
        if let frozenID, frozenID != id { followed[frozenID] = nil }
        frozenID = frozenID == id ? nil : id
        message = frozenID == nil ? "no row is frozen" : "the session stays at the head of the list"
        return .draw
    }

    // MARK: Questions

    /// Asks something else.
    mutating func change(to question: ScreenQuestion) -> ScreenAction {
        guard question != self.question else { return .draw }
        let isAboutOthers = question.filter != self.question.filter || question.by != self.question.by
        self.question = question
        if isAboutOthers {
            history = RateHistory()
            frozenID = nil
            followed = [:]
        }
        selected = nil
        top = 0
        // Who asks wants an answer.
        isPaused = false
        return .ask
    }

    private mutating func sort(by key: String) -> ScreenAction {
        var question = question
        question.sort = key
        do throws(UnknownSortKey) {
            if let by = question.by, let grouping = try? Grouping(parsing: by) {
                _ = try GroupSortKey(parsing: key, grouping: grouping)
            } else {
                _ = try SortKey(parsing: key)
            }
        } catch {
            message = "groups are not sorted by \(key)"
            return .draw
        }
        return change(to: question)
    }

    /// Sorts by the next column to the right or left that can be sorted by.
    private mutating func sortByNeighbour(_ step: Int) -> ScreenAction {
        let keys = table.shown.compactMap { table.columns[$0.column].sortKey }
        guard !keys.isEmpty else { return .draw }
        guard let place = keys.firstIndex(of: sortKey) else {
            return sort(by: step > 0 ? keys[0] : keys[keys.count - 1])
        }
        return sort(by: keys[(place + step + keys.count) % keys.count])
    }
}
