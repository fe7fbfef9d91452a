import FlowModel
import Testing
import Wire

struct SubscriptionMarkTests {
    @Test(arguments: [Subscription.events, [.new, .destroy], .destroy, [.destroy, .reliable]])
    func aMarkIsReadAsItWasWritten(_ subscription: Subscription) throws {
        var bytes: [UInt8] = []
        SubscriptionMark.append(subscription, to: &bytes)
        var messages = NetlinkMessages(bytes.reader)
        let message = try messages.next()
        guard let message else {
            Issue.record("no message")
            return
        }
        #expect(SubscriptionMark.subscription(in: message) == subscription)
    }

    @Test
    func aMessageWithoutBodyIsNoMark() throws {
        let bytes = NetlinkMessage.noOperation
        var messages = NetlinkMessages(bytes.reader)
        guard let message = try messages.next() else {
            Issue.record("no message")
            return
        }
        #expect(SubscriptionMark.subscription(in: message) == nil)
    }
}
