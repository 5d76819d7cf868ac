"""x"""
def check(hub,*,idle):
    v=list(hub.observer.faults_found)
    if not idle: v.append("stuck")
    return v
