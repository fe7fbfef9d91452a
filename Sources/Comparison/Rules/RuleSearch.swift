internal import FlowModel

/// Asks which rules may have done something to packets, and remembers the answers: sessions of one service are alike to most rules.
struct RuleSearch {
    let chart: RuleChart?
    private var answers: [RuleViews: [RuleSuspect]] = [:]
    private var routes: [RouteQuestion: RouteQuestion.Answer?] = [:]
    /// Rules that decided what became of packets, and were gone at the end.
    private let gone: [WatchedRule]
    private let goneTranslateDestinations: Bool
    private var goneAnswers: [RuleViews: String?] = [:]

    /// How many ways back to sources may still be asked for, which every session has one of.
    private var waysBack = 20_000

    private static let greatestCount = 20_000

    init(_ rules: WatchedRuleset?) {
        chart = rules.map { RuleChart($0) }
        gone = rules?.goneDeciders ?? []
        goneTranslateDestinations = gone.contains { $0.rule.effects.contains(.translateDestination) }
    }

    /// Those that are met first come first.
    mutating func suspects(of views: RuleViews) -> [RuleSuspect] {
        guard let chart else { return [] }
        let key = views.withPorts(chart.port)
        if let known = answers[key] { return known }
        let found = RuleWalk(chart, key).suspects
        if answers.count >= Self.greatestCount { answers = [:] }
        answers[key] = found
        return found
    }

    /// A rule that was gone at the end and may have decided about packets before, in whatever chain it stood; `nil` where none did.
    mutating func goneRule(for views: RuleViews) -> String? {
        guard !gone.isEmpty else { return nil }
        let key = views.withPorts(chart?.port ?? { $0 })
        if let known = goneAnswers[key] { return known }
        let seen = views.stages(
            hidesSource: chart?.translatesSources ?? true, hidesDestination: mayBeTranslated(views))
        let found = gone.first { rule in seen.contains { rule.rule.match.answer(to: $0) != .no } }?.title
        if goneAnswers.count >= Self.greatestCount { goneAnswers = [:] }
        goneAnswers[key] = .some(found)
        return found
    }

    /// Whether rules that stand at the end, or are gone, may have given packets another destination.
    private mutating func mayBeTranslated(_ views: RuleViews) -> Bool {
        if goneTranslateDestinations { return true }
        guard chart?.translatesDestinations ?? true else { return false }
        return suspects(of: views).contains { $0.deed == .translate }
    }

    /// Whether one more way back to a source may be asked for.
    mutating func takesWayBack() -> Bool {
        waysBack -= waysBack > 0 ? 1 : 0
        return waysBack > 0
    }

    mutating func route(
        _ question: RouteQuestion, _ ask: (RouteQuestion) -> RouteQuestion.Answer?
    ) -> RouteQuestion.Answer? {
        if let known = routes[question] { return known }
        let answer = ask(question)
        if routes.count >= Self.greatestCount { routes = [:] }
        routes[question] = .some(answer)
        return answer
    }
}

extension RuleViews {
    /// Whatever a rule may see of them, in whatever chain it stands.
    ///
    /// - Parameters:
    ///   - hidesSource: whether rules may give packets another source as they leave.
    ///   - hidesDestination: whether rules may give them another destination.
    fileprivate func stages(hidesSource: Bool, hidesDestination: Bool) -> [PacketView] {
        var views = [untranslated, routed, translated]
        // Conntrack tells what became of those that it knows.
        let mayBeElsewhere = hidesDestination && !isTracked
        for place in views.indices {
            views[place].hidesDestination = mayBeElsewhere
            // Another destination may lie behind another interface.
            if mayBeElsewhere || mayHaveGoneElsewhere { views[place].outInterface = nil }
        }
        views[2].hidesSource = hidesSource && !isTracked
        return views
    }

    /// These with other ports, as most are chance.
    fileprivate func withPorts(_ port: (UInt16) -> UInt16) -> RuleViews {
        func changed(_ view: PacketView) -> PacketView {
            var view = view
            view.tuple.sourcePort = port(view.tuple.sourcePort)
            view.tuple.destinationPort = port(view.tuple.destinationPort)
            return view
        }
        guard untranslated.tuple.hasPorts else { return self }
        var views = self
        (views.untranslated, views.routed, views.translated) = (
            changed(untranslated), changed(routed), changed(translated)
        )
        return views
    }
}
