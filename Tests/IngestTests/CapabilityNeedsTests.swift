import Testing

@testable import Ingest

/// What a process is told that lacks some of the superuser's power.
struct CapabilityNeedsTests {
    private static let all: CapabilityNeeds = [.netfilter, .capture, .namespace]

    @Test func theCureGivesAllThatIsTakenAsSetcapTakesBackWhatWasGivenBefore() {
        let cure = Self.all.cure(holding: Capability.useRawSockets.bit, isRoot: false)
        #expect(
            cure
                == "CAP_NET_ADMIN, CAP_SYS_ADMIN are missing: run as root, or give the program all that this takes at once: setcap cap_net_admin,cap_net_raw,cap_sys_admin+ep \"$(command -v nfmon)\""
        )
        let one = CapabilityNeeds.capture.cure(holding: Capability.administerNetwork.bit, isRoot: false)
        #expect(one?.hasPrefix("CAP_NET_RAW is missing: ") == true)
        #expect(one?.contains("setcap cap_net_raw+ep") == true)
    }

    @Test func rootThatLacksSomeIsToldOfItsContainerAndItsUnit() {
        let cure = Self.all.cure(holding: Capability.administerSystem.bit, isRoot: true)
        #expect(
            cure
                == "CAP_NET_ADMIN, CAP_NET_RAW are missing, which root lacks here: start its container with --cap-add NET_ADMIN --cap-add NET_RAW, or let its unit's CapabilityBoundingSet have them"
        )
    }

    @Test func whoLacksNoneIsNotToldToGetThem() {
        #expect(Self.all.cure(holding: .max, isRoot: false) == nil)
        #expect(CapabilityNeeds().cure(holding: 0, isRoot: false) == nil)
    }
}
