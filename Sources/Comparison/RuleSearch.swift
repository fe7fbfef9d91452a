internal import FlowModel

/// Asks which rules may have done something to packets, and remembers the answers: sessions of one service are alike to most rules.
struct RuleSearch {
    let chart: RuleChart?
    private var answers: [RuleViews: [RuleSuspect]] = [:]
    private var routes: [RouteQuestion: RouteQuestion.Answer?] = [:]

    private static let greatestCount = 20_000

    init(_ rules: WatchedRuleset?) { chart = rules.map { RuleChart($0) } }

    /// Those that are met first come first.
    mutating func suspects(of views: RuleViews) -> [RuleSuspect] {
        guard let chart else { return [] }
        let key = chart.asksForSourcePorts ? views : views.withoutSourcePorts
        if let known = answers[key] { return known }
        let found = RuleWalk(chart, key).suspects
        if answers.count >= Self.greatestCount { answers = [:] }
        answers[key] = found
        return found
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
    /// These without the ports from which they come, which for most sessions are chance.
    fileprivate var withoutSourcePorts: RuleViews {
        guard !untranslated.tuple.transport.isICMP else { return self }
        var views = self
        views.untranslated.tuple.sourcePort = 0
        views.routed.tuple.sourcePort = 0
        views.translated.tuple.sourcePort = 0
        return views
    }
}
